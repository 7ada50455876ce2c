import type { StopSignal } from '../lib/exit-codes.ts';
import { escapeControls, type Redactor } from '../lib/redact.ts';
import type { InterruptedError, StopSignalWatch } from '../lib/stop.ts';
import { createReporter } from './create-reporter.ts';
import { canRedraw } from './environment.ts';
import { documentPieces } from './json-document.ts';
import type { Reporter } from './reporter.ts';
import { outputTaken } from './standard-streams.ts';

/** How a command of this process writes, and is stopped. */
export interface Session {
  /** Aborts on SIGINT and SIGTERM, and when the output is no longer read. */
  readonly stopSignal: AbortSignal;
  /** Whether the result is a document (`--json`). */
  jsonEnabled(): boolean;
  /** Hides secrets. */
  redact(text: string): string;
  /** A text for people: no secrets, no control characters. */
  clean(text: string): string;
  /** A part of the result, on stdout; omitted with `--json`. */
  result(text: string): void;
  /** One line for people, on stderr. */
  note(line: string): void;
  reporter(flags: { readonly quiet: boolean }): Promise<Reporter>;
  /**
   * Writes a document that may be large, as fast as its reader takes it. From now on a stop signal
   * ends the process at once, as after the end of a command.
   */
  writeDocument(document: object): Promise<void>;
  /** Called for a second stop signal; by default it has no effect: the first is being handled. */
  onSecondStop(act: (signal: StopSignal) => void): void;
}

/** The parts of a session. */
interface SessionParts {
  readonly stopWatch: StopSignalWatch;
  /** Ends the watch, if it ends with the command. */
  readonly endWatch: () => void;
  readonly jsonEnabled: () => boolean;
  readonly redactor: () => Redactor;
}

/** A session on this process's streams. */
export function createSession({
  stopWatch,
  endWatch,
  jsonEnabled,
  redactor,
}: SessionParts): Session {
  // Made once, for all lines: nothing is written before `--env-file` has been read.
  let known: Redactor | undefined;
  const redact: Redactor = (text) => {
    known ??= redactor();
    return known(text);
  };
  const clean = (text: string) => escapeControls(redact(text));
  return {
    stopSignal: stopWatch.signal,
    jsonEnabled,
    redact,
    clean,
    result: (text) => {
      if (jsonEnabled()) return;
      for (const line of redact(text).split(/\r?\n/))
        process.stdout.write(`${escapeControls(line)}\n`);
    },
    note: (line) => void process.stderr.write(`${clean(line)}\n`),
    reporter: ({ quiet }) =>
      createReporter({
        quiet,
        json: jsonEnabled(),
        // Without a width, as in a pty without a size, the spinner would erase lines forever.
        terminal: canRedraw(process.stderr) && process.stderr.columns > 0,
        clean,
        write: (line) => process.stderr.write(`${line}\n`),
      }),
    writeDocument: async (document) => {
      endWatch();
      for await (const piece of documentPieces(document, redact)) {
        process.stdout.write(piece);
        await outputTaken();
      }
    },
    onSecondStop: (act) => {
      const { again } = stopWatch;
      again.addEventListener('abort', () => act((again.reason as InterruptedError).signal));
    },
  };
}
