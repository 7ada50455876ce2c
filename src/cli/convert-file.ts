import { type ConvertedPage, convertPages } from '../lib/convert/convert-pages.ts';
import type { LocalConversion } from '../lib/convert/local-files.ts';
import { ArkeError } from '../lib/errors.ts';
import { errorSummary } from './base-command.ts';
import { type ConvertSession, pageOptionsFor, resultOf, warnOfNotes } from './conversions.ts';
import { formatBytes } from './format.ts';
import { redactorOfProcess } from './program-process.ts';

/** How one file is converted. */
export interface ConvertFileOptions {
  readonly force: boolean;
  /** Files that are never overwritten. */
  readonly sources: readonly string[];
  /** Where the TIFF lies, and how it is called in messages, if not by its input. */
  readonly path?: string;
  readonly name?: string;
  /** Shows a line of the result. */
  readonly show: (line: string) => void;
}

/** What `convert --json` says of one file. */
export type FileResult =
  | ({ input: string; output: string; ms: number } & ReturnType<typeof resultOf> & {
        /** With `--page all`: the further pages. */
        pages?: PageResult[];
      })
  | { input: string; output: string; error: { code: string; message: string } };

/** What `convert --json` says of a further page. */
type PageResult = { page: number; output: string; ms: number } & ReturnType<typeof resultOf>;

/**
 * Converts the pages of a file that the session asks for, and shows what became of them. All of them
 * get their names together, or none. An error is shown and given back; a stop signal is thrown.
 */
export async function convertFile(
  conversion: LocalConversion,
  options: ConvertFileOptions,
  session: ConvertSession,
): Promise<FileResult> {
  const { input, output } = conversion;
  const { reporter, pages, signal } = session;
  const { name = input } = options;
  const start = performance.now();
  const activity = reporter.begin(`Converting ${name}`);
  try {
    const { force, sources, path = input } = options;
    const target = {
      output,
      rules: { force, sources, keepTiffs: true, jpegs: true },
      makeFolder: false,
    };
    const pageOptions = pageOptionsFor(name, session);
    const [first, ...further] = await convertPages({ path, name }, target, pageOptions);
    const ms = since(start);
    activity.done();
    report(name, [further.length === 0 ? { ...first, ms } : first, ...further], options, session);
    const result = { input, output, ms, ...resultOf(first.conversion) };
    if (pages !== 'all') return result;
    const others = further.map(({ page, output, ms, conversion }) => {
      return { page, output, ms, ...resultOf(conversion) };
    });
    return { ...result, pages: others };
  } catch (error) {
    activity.failed();
    signal.throwIfAborted();
    if (!(error instanceof ArkeError)) throw error;
    const summary = errorSummary(error, redactorOfProcess());
    reporter.error(`${name}: ${summary.message}`);
    return { input, output, error: summary };
  }
}

/** Shows the notes and the result of each page; of one among several with its number. */
function report(
  name: string,
  pages: readonly ConvertedPage[],
  { show }: ConvertFileOptions,
  { reporter }: ConvertSession,
): void {
  for (const { page, output, ms, conversion } of pages) {
    const called = pages.length > 1 ? `${name} (page ${page})` : name;
    warnOfNotes(called, conversion, reporter);
    const { width, height, bytes } = conversion;
    show(`${called} → ${output}  ${width} × ${height}, ${formatBytes(bytes)}, ${ms} ms`);
  }
}

/** Whole milliseconds since a moment. */
function since(start: number): number {
  return Math.round(performance.now() - start);
}
