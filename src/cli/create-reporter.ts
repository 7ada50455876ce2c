import type { Activity, Reporter } from './reporter.ts';

/** What determines the reporter. */
export interface ReporterOptions {
  /** Only errors. */
  readonly quiet: boolean;
  /** Results and errors go to stdout as JSON, and nothing else is shown. */
  readonly json: boolean;
  readonly terminal: boolean;
  /** Cleans a text for display, before it is coloured. */
  readonly clean: (text: string) => string;
  readonly write: (line: string) => void;
}

/** The right reporter: spinners on a terminal, plain lines elsewhere, errors only if asked for. */
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

const silentActivity: Activity = { advance: () => {}, done: () => {}, failed: () => {} };
const silentReporter: Reporter = { begin: () => silentActivity, warn: () => {}, error: () => {} };

function plainReporter(write: (line: string) => void): Reporter {
  return {
    begin: (text) => {
      write(`${text} …`);
      const end = (last?: string) => last && write(last);
      return { advance: () => {}, done: end, failed: end };
    },
    warn: (text) => write(`Warning: ${text}`),
    error: (text) => write(`Error: ${text}`),
  };
}
