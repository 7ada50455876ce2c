import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { FileError, reasonOf, SettingsError, systemCodeOf } from '../lib/errors.ts';
import { isUnread, orAborted } from '../lib/stop.ts';
import { allTaken } from './leave.ts';

/** The name for standard input or output on the command line. */
export const STANDARD_STREAM = '-';

/**
 * Throws `SettingsError` if bytes would be written to a terminal, or mixed with `--json` output.
 */
export function refuseBytesOnStdout(json: boolean): void {
  if (json)
    throw new SettingsError(['--json cannot be combined with output to stdout; use --output FILE']);
  if (process.stdout.isTTY)
    throw new SettingsError(['stdout is a terminal; redirect it, or use --output FILE']);
}

/**
 * Saves standard input to a temporary file. Throws `FileError` if there is no room, for example.
 */
export async function saveStdin(path: string, signal: AbortSignal): Promise<void> {
  refuseTerminalAsInput();
  try {
    await stoppable(pipeline(process.stdin, createWriteStream(path), { signal }), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new FileError(
      `Could not save stdin to ${path}: ${reasonOf(error)}. ` +
        'Free some space there, or set TMPDIR to a folder with room for the TIFF and the JPEG.',
      { cause: error },
    );
  }
}

/** All bytes of standard input. Throws `SettingsError` if it is a terminal. */
export async function readStdinBytes(signal: AbortSignal): Promise<Buffer> {
  refuseTerminalAsInput();
  const chunks: Buffer[] = [];
  const collect = async (stdin: AsyncIterable<Buffer>) => {
    for await (const chunk of stdin) chunks.push(chunk);
  };
  await stoppable(pipeline(process.stdin, collect, { signal }), signal);
  return Buffer.concat(chunks);
}

/** Decodes UTF-8, keeping a byte order mark. Throws `SettingsError` if it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new SettingsError(['the data is not UTF-8 and would be altered'], {
      cause: error,
    });
  }
}

/**
 * Writes a file to standard output. A reader that closes it early, like `head`, is not an error.
 * Throws `FileError` if it cannot be written for another reason.
 */
export async function sendToStdout(path: string, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(createReadStream(path), process.stdout, { end: false, signal });
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (systemCodeOf(reason) === 'EPIPE' || isUnread(reason)) return;
    if (signal.aborted) throw reason;
    throw new FileError(
      `Could not write to stdout: ${reasonOf(error)}. Check where it is redirected to, or use --output FILE.`,
      { cause: error },
    );
  }
}

/**
 * Resolves when stdout and stderr have accepted what was written, except for what streams buffer
 * anyway; at once if the signal has aborted. Writers of lines wait for this in between, so that a
 * slow reader slows them down and the lines do not fill the memory.
 */
export async function outputTaken(signal?: AbortSignal): Promise<void> {
  const full = [process.stdout, process.stderr].filter((stream) => stream.writableNeedDrain);
  if (full.length === 0) return;
  await orAborted(allTaken(full), signal).catch(() => {});
}

/** A stream's work; if the signal ends it, throws the signal's reason instead of "aborted". */
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
