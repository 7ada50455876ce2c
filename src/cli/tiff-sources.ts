import { resolve } from 'node:path';
import { localTiffs } from '../lib/convert/local-files.ts';
import { SettingsError } from '../lib/errors.ts';
import { withWorkspace } from '../lib/workspace.ts';
import { STANDARD_STREAM, saveStdin } from './standard-streams.ts';

/** A TIFF that is looked at: a file, or an object in R2. */
export interface TiffSource {
  /** As it is called in results, and in messages. */
  readonly input: string;
  readonly name: string;
  readonly at: { readonly path: string } | { readonly key: string };
}

const R2 = 'r2://';

/**
 * Finds the TIFFs that arguments stand for: files, all in a folder, `r2://KEY`, `-` for stdin, which is
 * saved as long as they are used; each once, in their order. Throws `FileError` when a folder cannot be read
 * or holds no TIFF or stdin cannot be saved, and `SettingsError` for a key that is none or a terminal as stdin.
 */
export async function withTiffSources<T>(
  args: readonly string[],
  signal: AbortSignal,
  use: (sources: readonly TiffSource[]) => Promise<T>,
): Promise<T> {
  if (!args.includes(STANDARD_STREAM)) return use(await findTiffSources(args));
  return withWorkspace(async (workspace) => {
    const stdin = workspace.path('stdin.tif');
    await saveStdin(stdin, signal);
    return use(await findTiffSources(args, stdin));
  });
}

async function findTiffSources(args: readonly string[], stdin?: string): Promise<TiffSource[]> {
  const found = (await Promise.all(args.map((arg) => sourcesOf(arg, stdin)))).flat();
  const seen = new Set<string>();
  return found.filter(({ at }) => {
    const id = 'key' in at ? `${R2}${at.key}` : resolve(at.path);
    return seen.has(id) ? false : seen.add(id);
  });
}

async function sourcesOf(arg: string, stdin?: string): Promise<TiffSource[]> {
  if (arg === STANDARD_STREAM && stdin) return [{ input: arg, name: 'stdin', at: { path: stdin } }];
  if (!arg.startsWith(R2))
    return (await localTiffs(arg)).map((path) => ({ input: path, name: path, at: { path } }));
  const key = arg.slice(R2.length);
  if (key === '') throw new SettingsError([`${R2} needs a key: ${R2}KEY`]);
  return [{ input: arg, name: arg, at: { key } }];
}
