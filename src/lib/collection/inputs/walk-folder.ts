import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { readdir, stat } from '../../files.ts';
import { naturalOrder } from './natural-order.ts';

/** An entry found by a walk; `name` is its path below the root, with slashes. */
export type Encounter =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly name: string;
      readonly isLink: boolean;
    }
  /** A link to a folder, which is not followed: it may lead back, or outside. */
  | { readonly kind: 'folder-link'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly path: string; readonly error: unknown };

/**
 * Walks a folder in natural order, and the subfolders that `enters` accepts. Links to files count
 * as files, even dangling ones; other entries are ignored. Throws only the signal's reason.
 */
export function walkFolder(
  root: string,
  enters: (folder: { readonly path: string; readonly name: string }) => boolean,
  signal: AbortSignal,
): AsyncGenerator<Encounter> {
  const compare = naturalOrder();
  return walk(root, '');

  async function* walk(folder: string, prefix: string): AsyncGenerator<Encounter> {
    signal.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = await readdir(folder === '' ? '.' : folder);
    } catch (error) {
      yield { kind: 'unreadable', path: folder, error };
      return;
    }
    for (const entry of entries.sort((a, b) => compare(a.name, b.name))) {
      const [path, name] = [join(folder, entry.name), `${prefix}${entry.name}`];
      const kind = await kindOf(entry, path);
      if (kind === 'folder') {
        if (enters({ path, name })) yield* walk(path, `${name}/`);
      } else if (kind === 'file') yield { kind, path, name, isLink: entry.isSymbolicLink() };
      else if (kind) yield { kind, path };
    }
  }
}

async function kindOf(
  entry: Dirent,
  path: string,
): Promise<'file' | 'folder' | 'folder-link' | undefined> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return undefined;
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) return 'folder-link';
  return target === undefined || target.isFile() ? 'file' : undefined;
}
