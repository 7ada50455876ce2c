import type { Dirent } from 'node:fs';
import * as sync from 'node:fs';
import * as fs from 'node:fs/promises';
import { bytesOfPath, isUtf8Path, nativePath, pathOfBytes, REPLACEMENT } from './path-bytes.ts';

/*
 * Functions of `node:fs` for files that people name: their paths may have bytes that are not UTF-8
 * (`path-bytes.ts`).
 */

export const access = byBytes(fs.access);
export const copyFile = byBytes(fs.copyFile);
export const createReadStream = byBytes(sync.createReadStream);
export const link = byBytes(fs.link);
export const lstat = byBytes(fs.lstat);
export const mkdir = byBytes(fs.mkdir);
export const open = byBytes(fs.open);
export const readFile = byBytes(fs.readFile);
export const rename = byBytes(fs.rename);
export const rm = byBytes(fs.rm);
export const rmSync = byBytes(sync.rmSync);
export const stat = byBytes(fs.stat);
export const symlink = byBytes(fs.symlink);
export const utimes = byBytes(fs.utimes);

/** Writes a file that must not exist yet, not even as a link. */
export function writeNewFile(path: string, data: string): Promise<void> {
  return fs.writeFile(nativePath(path), data, { flag: 'wx' });
}

/**
 * The identity of a file under any name or link; a double cannot hold the ids of some file systems.
 */
export function fileId({ dev, ino }: Pick<sync.BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/** `readdir` with types. */
export async function readdir(folder: string): Promise<Dirent[]> {
  const path = nativePath(folder);
  const entries = await fs.readdir(path, { withFileTypes: true });
  // Ordinary names are read once.
  if (!entries.some(({ name }) => name.includes(REPLACEMENT))) return entries;
  const exact = await fs.readdir(path, { withFileTypes: true, encoding: 'buffer' });
  return exact.map((entry) => Object.assign(entry, { name: pathOfBytes(entry.name) }) as Dirent);
}

/** `readdirSync`. */
export function readdirSync(folder: string): string[] {
  return sync.readdirSync(nativePath(folder), { encoding: 'buffer' }).map(pathOfBytes);
}

/** `realpath`. */
export async function realpath(path: string): Promise<string> {
  return pathOfBytes(await fs.realpath(nativePath(path), { encoding: 'buffer' }));
}

/** Wraps a function so that its path arguments have the form that their bytes need. */
function byBytes<F extends (...args: never[]) => unknown>(call: F): F {
  const native = call as unknown as (...args: unknown[]) => unknown;
  const wrapped = (...args: unknown[]) => {
    const paths = args.filter((arg) => typeof arg === 'string').filter((arg) => !isUtf8Path(arg));
    if (paths.length === 0) return native(...args);
    const result = native(...args.map((arg) => (typeof arg === 'string' ? nativePath(arg) : arg)));
    return result instanceof Promise ? result.catch((error) => throwNaming(paths, error)) : result;
  };
  return wrapped as unknown as F;
}

/** Throws a Node.js error with paths in our form, instead of with U+FFFD. */
function throwNaming(paths: readonly string[], error: unknown): never {
  if (error instanceof Error)
    for (const path of paths)
      error.message = error.message.replaceAll(bytesOfPath(path).toString(), path);
  throw error;
}
