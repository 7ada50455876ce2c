import { choosePages } from '../lib/convert/choose-pages.ts';
import { convertPage } from '../lib/convert/convert-pages.ts';
import { refuseLosses } from '../lib/convert/strictness.ts';
import { SettingsError } from '../lib/errors.ts';
import { type ConvertSession, pageOptionsFor, warnOfNotes } from './conversions.ts';
import { convertFile, type FileResult } from './convert-file.ts';
import {
  refuseBytesOnStdout,
  STANDARD_STREAM,
  saveStdin,
  sendToStdout,
} from './standard-streams.ts';

/** What a pipe is asked for. */
export interface StreamOptions {
  /** A TIFF, or `-`. */
  readonly input: string;
  /** A JPEG, or `-`. */
  readonly output: string;
  readonly force: boolean;
  /** Whether results are shown as JSON. */
  readonly json: boolean;
  /** Shows a line of the result. */
  readonly show: (line: string) => void;
}

/**
 * Converts from stdin or to stdout, or both. Gives back what became of the file that is written; undefined
 * when it went to stdout. Throws what `convertTiff` does, and `SettingsError` where stdout cannot be used.
 */
export async function convertStream(
  { input, output, force, json, show }: StreamOptions,
  session: ConvertSession,
): Promise<FileResult | undefined> {
  const { workspace, signal } = session;
  if (output === STANDARD_STREAM) refuseBytesOnStdout(json);
  const fromStdin = input === STANDARD_STREAM;
  const path = fromStdin ? workspace.path('stdin.tif') : input;
  const name = fromStdin ? 'stdin' : input;
  if (fromStdin) await saveStdin(path, signal);
  if (output !== STANDARD_STREAM)
    return convertFile({ input, output }, { force, sources: [], path, name, show }, session);
  await convertToStdout(path, name, session);
  return undefined;
}

async function convertToStdout(path: string, name: string, session: ConvertSession): Promise<void> {
  const { encoder, pages, strict, reporter, signal } = session;
  const { header, numbers } = await choosePages(path, pages, name);
  const [number, ...others] = numbers;
  if (others.length > 0)
    throw new SettingsError([
      `--page all makes ${numbers.length} JPEGs of ${name}, and stdout takes one; use --output FILE`,
    ]);
  await refuseLosses(path, name, strict, { encoder, pages });
  const jpeg = session.workspace.path('stdout.jpg');
  const options = pageOptionsFor(name, session);
  const conversion = await convertPage({ path, name, header }, number, jpeg, options);
  warnOfNotes(name, conversion, reporter);
  await sendToStdout(jpeg, signal);
}
