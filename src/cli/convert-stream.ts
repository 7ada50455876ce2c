import { choosePages } from '../lib/convert/choose-pages.ts';
import type { LocalConversion } from '../lib/convert/local-files.ts';
import type { PagesSetting } from '../lib/convert/pages.ts';
import { SettingsError } from '../lib/errors.ts';
import { withWorkspace } from '../lib/workspace.ts';
import {
  refuseBytesOnStdout,
  STANDARD_STREAM,
  saveStdin,
  sendToStdout,
} from './standard-streams.ts';

/** The options of a pipe. */
export interface StreamOptions {
  /** A TIFF, or `-`. */
  readonly input: string;
  /** A JPEG, or `-`. */
  readonly output: string;
  readonly pages: PagesSetting;
  /** Whether results are shown as JSON. */
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * Converts from stdin, to stdout, or both: `convert` gets files that are filled from there or
 * copied there. Returns its result; it throws if there is no JPEG. Throws `SettingsError` if stdout
 * cannot be used.
 */
export async function convertStream<T>(
  { input, output, pages, json, signal }: StreamOptions,
  convert: (conversion: LocalConversion) => Promise<T>,
): Promise<T> {
  const toStdout = output === STANDARD_STREAM;
  if (toStdout) refuseBytesOnStdout(json);
  return withWorkspace(async (workspace) => {
    const fromStdin = input === STANDARD_STREAM;
    const source = fromStdin
      ? { path: workspace.path('stdin.tif'), name: 'stdin' }
      : { path: input, name: input };
    if (fromStdin) await saveStdin(source.path, signal);
    if (!toStdout) return convert({ input, output, source });
    const { numbers } = await choosePages(source.path, pages, source.name);
    if (numbers.length > 1)
      throw new SettingsError([
        `--page ${pages} makes ${numbers.length} JPEGs of ${source.name}, but stdout takes one; use --output FILE`,
      ]);
    const jpeg = workspace.path('stdout.jpg');
    const result = await convert({ input, output: jpeg, source });
    await sendToStdout(jpeg, signal);
    return result;
  });
}
