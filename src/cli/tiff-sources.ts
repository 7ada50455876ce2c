import type { UnreadPath } from '../lib/collection/events.ts';
import { findInputs, type InputRequest } from '../lib/collection/inputs/find-inputs.ts';
import type { SearchWarning } from '../lib/collection/inputs/report-search.ts';
import { SettingsError } from '../lib/errors.ts';
import { keyIn, R2_SCHEME as R2 } from '../lib/keys.ts';
import { typedPath } from '../lib/quote.ts';
import { withWorkspace } from '../lib/workspace.ts';
import { STANDARD_STREAM, saveStdin } from './standard-streams.ts';

/** A TIFF to inspect: a file, or an object in R2. */
export interface InspectedTiff {
  /** Its name in results and messages. */
  readonly input: string;
  readonly name: string;
  readonly at: { readonly path: string } | { readonly key: string };
}

/** The TIFFs, and what could not be read. */
export interface TiffSources {
  readonly sources: readonly InspectedTiff[];
  readonly unread: readonly UnreadPath[];
  readonly warnings: readonly SearchWarning[];
}

/**
 * Finds the TIFFs that are asked for, as `findInputs` does, `r2://KEY` and `-` among them: stdin,
 * which is saved as long as they are used. Throws what `findInputs` throws, `FileError` when stdin
 * cannot be saved, and `SettingsError` for `r2://` with a prefix or nothing, or for a terminal as
 * stdin.
 */
export async function withTiffSources<T>(
  request: InputRequest,
  signal: AbortSignal,
  use: (sources: TiffSources) => Promise<T>,
): Promise<T> {
  const isElsewhere = (path: string) => path === STANDARD_STREAM || path.startsWith(R2);
  const { found, ...rest } = await findInputs({ ...request, isElsewhere }, process.stdin, signal);
  const inputs = found.map(({ input }) => input);
  if (inputs.includes(R2)) throw new SettingsError([`${R2} needs a key: ${R2}KEY`]);
  const prefix = inputs.find((input) => input.startsWith(R2) && input.endsWith('/'));
  if (prefix !== undefined)
    throw new SettingsError([
      `${prefix} is a prefix, not an object. To list the TIFFs under it: arke-tiff batch ${typedPath(prefix)} --dry-run`,
    ]);
  if (inputs.includes(STANDARD_STREAM) && request.filesFrom === STANDARD_STREAM)
    throw new SettingsError(['stdin can be the TIFF (-) or the list (--files-from -), not both']);
  const sourcesAt = (stdin?: string) => inputs.map((input) => sourceOf(input, stdin));
  if (!inputs.includes(STANDARD_STREAM)) return use({ sources: sourcesAt(), ...rest });
  return withWorkspace(async (workspace) => {
    const stdin = workspace.path('stdin.tif');
    await saveStdin(stdin, signal);
    return use({ sources: sourcesAt(stdin), ...rest });
  });
}

function sourceOf(input: string, stdin: string | undefined): InspectedTiff {
  if (input === STANDARD_STREAM && stdin) return { input, name: 'stdin', at: { path: stdin } };
  const at = input.startsWith(R2) ? { key: keyIn(input) } : { path: input };
  return { input, name: input, at };
}
