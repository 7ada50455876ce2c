import { chalkStderr } from 'chalk';
import ora from 'ora';
import type { Reporter } from './reporter.ts';

/** The reporter for terminals: a spinner while something is under way, colours where they help. */
export function ttyReporter(write: (line: string) => void): Reporter {
  return {
    begin: (text) => {
      const spinner = ora({ text, stream: process.stderr }).start();
      return {
        done: (end) => void spinner.succeed(end ?? text),
        failed: (end) => void spinner.fail(end ?? text),
      };
    },
    warn: (text) => write(`${chalkStderr.yellow('Warning:')} ${text}`),
    error: (text) => write(`${chalkStderr.red('Error:')} ${text}`),
  };
}
