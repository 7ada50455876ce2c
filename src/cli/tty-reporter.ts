import { chalkStderr } from 'chalk';
import ora from 'ora';
import type { BlockColours } from './collection/block-lines.ts';
import type { Reporter } from './reporter.ts';

/** A terminal reporter's outputs. */
interface TerminalOptions {
  /** Cleans a text for display, before it is coloured. */
  readonly clean: (text: string) => string;
  readonly write: (line: string) => void;
}

/** Colours for the progress block of a collection. */
export const blockColours: BlockColours = {
  done: chalkStderr.cyan,
  bad: chalkStderr.red,
  faint: chalkStderr.dim,
};

/** The reporter for terminals: a spinner during activities, and colours. */
export function ttyReporter({ clean, write }: TerminalOptions): Reporter {
  return {
    begin: (text) => {
      // Stdin stays untouched: it may be data, and Ctrl-C must arrive as a signal.
      const spinner = ora({
        text: clean(text),
        stream: process.stderr,
        discardStdin: false,
      }).start();
      return {
        advance: (now) => {
          spinner.text = clean(now);
        },
        done: (end) => void spinner.succeed(clean(end ?? text)),
        failed: (end) => void spinner.fail(clean(end ?? text)),
      };
    },
    warn: (text) => write(`${chalkStderr.yellow('Warning:')} ${clean(text)}`),
    error: (text) => write(`${chalkStderr.red('Error:')} ${clean(text)}`),
  };
}
