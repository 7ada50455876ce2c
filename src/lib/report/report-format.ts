/** What a report can be written as. */
export type ReportFormat = 'html' | 'csv' | 'json';

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  '.html': 'html',
  '.htm': 'html',
  '.csv': 'csv',
  '.json': 'json',
};

/** The format that a report's path asks for by its ending; undefined when it asks for none. */
export function reportFormatOf(path: string): ReportFormat | undefined {
  return FORMATS[/\.\w+$/.exec(path)?.[0].toLowerCase() ?? ''];
}

/** What is wrong with a report's path, or undefined when it is one. */
export function reportPathProblem(path: string): string | undefined {
  return reportFormatOf(path) ? undefined : 'must end with .html, .csv or .json';
}
