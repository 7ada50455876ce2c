import type { Activity, Reporter } from './reporter.ts';

/** What a reporter is chosen by. */
export interface ReporterOptions {
  /** Only errors. */
  readonly quiet: boolean;
  /** Results and errors go to stdout as JSON: nothing is shown beside it. */
  readonly json: boolean;
  readonly terminal: boolean;
  readonly write: (line: string) => void;
}

/** The reporter that fits: spinners on a terminal, plain lines elsewhere, errors only where asked. */
export async function createReporter(options: ReporterOptions): Promise<Reporter> {
  if (options.json) return silentReporter;
  if (options.quiet) return { ...silentReporter, error: (text) => options.write(`Error: ${text}`) };
  if (!options.terminal) return plainReporter(options.write);
  const { ttyReporter } = await import('./tty-reporter.ts');
  return ttyReporter(options.write);
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
