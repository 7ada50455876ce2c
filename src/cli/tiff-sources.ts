import { resolve } from 'node:path';
import { localTiffs } from '../lib/convert/local-files.ts';
import { SettingsError } from '../lib/errors.ts';

/** A TIFF that is looked at: a file, or an object in R2. */
export interface TiffSource {
  /** As it is called in messages and results. */
  readonly name: string;
  readonly at: { readonly path: string } | { readonly key: string };
}

const R2 = 'r2://';

/**
 * The TIFFs that arguments stand for: files, all in a folder, `r2://KEY`; each once, in their order.
 * Throws `FileError` when a folder cannot be read or holds no TIFF, and `SettingsError` for a key that is none.
 */
export async function findTiffSources(args: readonly string[]): Promise<TiffSource[]> {
  const found = (await Promise.all(args.map(sourcesOf))).flat();
  const seen = new Set<string>();
  return found.filter(({ at }) => {
    const id = 'key' in at ? `${R2}${at.key}` : resolve(at.path);
    return seen.has(id) ? false : seen.add(id);
  });
}

async function sourcesOf(arg: string): Promise<TiffSource[]> {
  if (!arg.startsWith(R2))
    return (await localTiffs(arg)).map((path) => ({ name: path, at: { path } }));
  const key = arg.slice(R2.length);
  if (key === '') throw new SettingsError([`${R2} needs a key: ${R2}KEY`]);
  return [{ name: arg, at: { key } }];
}
