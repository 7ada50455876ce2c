import type { Activity, Reporter } from './reporter.ts';

/** What a reporter is chosen by. */
export interface ReporterOptions {
  /** Only errors. */
  readonly quiet: boolean;
  /** Results and errors go to stdout as JSON: nothing is shown beside it. */
  readonly json: boolean;
  readonly terminal: boolean;
  /** Makes a text fit to be seen, before it is coloured. */
  readonly clean: (text: string) => string;
  readonly write: (line: string) => void;
}

/** The reporter that fits: spinners on a terminal, plain lines elsewhere, errors only where asked. */
export async function createReporter({
  quiet,
  json,
  terminal,
  clean,
  write,
}: ReporterOptions): Promise<Reporter> {
  if (json) return silentReporter;
  if (quiet) return { ...silentReporter, error: (text) => write(`Error: ${clean(text)}`) };
  if (!terminal) return plainReporter((line) => write(clean(line)));
  const { ttyReporter } = await import('./tty-reporter.ts');
  return ttyReporter({ clean, write });
}

const silentActivity: Activity = { done: () => {}, failed: () => {} };
const silentReporter: Reporter = { begin: () => silentActivity, warn: () => {}, error: () => {} };

function plainReporter(write: (line: string) => void): Reporter {
  return {
    begin: (text) => {
      write(`${text} …`);
      return { done: (end) => end && write(end), failed: (end) => end && write(end) };
    },
    warn: (text) => write(`Warning: ${text}`),
    error: (text) => write(`Error: ${text}`),
  };
}
