import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { FileError, reasonOf, SettingsError, systemCodeOf } from '../lib/errors.ts';
import { isUnread, orAborted } from '../lib/stop.ts';
import { allTaken } from './leave.ts';

/** The name that stands for standard input or output on the command line. */
export const STANDARD_STREAM = '-';

/** Throws `SettingsError` when bytes would be written onto a terminal, or among `--json` output. */
export function refuseBytesOnStdout(json: boolean): void {
  if (json)
    throw new SettingsError(['--json and output to stdout exclude each other; use --output FILE']);
  if (process.stdout.isTTY)
    throw new SettingsError(['stdout is a terminal; redirect it, or use --output FILE']);
}

/** Saves standard input to a temporary file. Throws `FileError` when there is no room, say. */
export async function saveStdin(path: string, signal: AbortSignal): Promise<void> {
  refuseTerminalAsInput();
  try {
    await stoppable(pipeline(process.stdin, createWriteStream(path), { signal }), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new FileError(
      `Could not save stdin to ${path}: ${reasonOf(error)}. ` +
        'Make room there, or set TMPDIR to a folder that has room for the TIFF and the JPEG.',
      { cause: error },
    );
  }
}

/** All bytes of standard input. Throws `SettingsError` when it is a terminal. */
export async function readStdinBytes(signal: AbortSignal): Promise<Buffer> {
  refuseTerminalAsInput();
  const chunks: Buffer[] = [];
  const collect = async (stdin: AsyncIterable<Buffer>) => {
    for await (const chunk of stdin) chunks.push(chunk);
  };
  await stoppable(pipeline(process.stdin, collect, { signal }), signal);
  return Buffer.concat(chunks);
}

/** The text that bytes are in UTF-8, a byte order mark included. Throws `SettingsError` when they are not. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SettingsError(['the data is not UTF-8, and would not arrive as it is'], {
      cause: error,
    });
  }
}

/**
 * Writes a file to standard output. A reader that closes it early, as `head` does, has what it wanted:
 * that is no error. Throws `FileError` when it cannot be written for another reason.
 */
export async function sendToStdout(path: string, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(createReadStream(path), process.stdout, { end: false, signal });
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (systemCodeOf(reason) === 'EPIPE' || isUnread(reason)) return;
    if (signal.aborted) throw reason;
    throw new FileError(
      `Could not write to stdout: ${reasonOf(error)}. Make room where it is redirected to, or use --output FILE.`,
      { cause: error },
    );
  }
}

/**
 * Resolves when stdout and stderr have taken what was written, but for the little that streams hold anyway; at once when
 * the signal has aborted. What makes a stream of lines waits for this between them: a slow reader slows it down, and the
 * lines do not fill the memory.
 */
export async function outputTaken(signal: AbortSignal): Promise<void> {
  const full = [process.stdout, process.stderr].filter((stream) => stream.writableNeedDrain);
  if (full.length === 0) return;
  await orAborted(allTaken(full), signal).catch(() => {});
}

/** The work of a stream; what it throws when the signal ends it is the signal's reason, not "aborted". */
async function stoppable(work: Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function refuseTerminalAsInput(): void {
  if (process.stdin.isTTY)
    throw new SettingsError(['stdin is a terminal; pipe something into it, or name a file']);
}
