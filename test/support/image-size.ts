import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the Dockerfile removes, or does not copy. */
const LEFT_OUT =
  /\.(d\.[mc]?ts|map)$|\/(readme|changelog|history)\.md$|\/magick-wasm\/dist\/x64\/|\/node_modules\/\.bin\//i;

/** The packages that belong to the command line of another one, which the Dockerfile removes. */
const REMOVED = new Set(['jake']);

/**
 * The folders of these packages and of all that they need, where they are installed for a package.
 */
export function packagesNeeded(names: readonly string[], at: string): Set<string> {
  const found = new Set<string>();
  const look = (name: string, from: string) => {
    const folder = folderOf(name, from);
    if (!folder || REMOVED.has(name) || found.has(folder)) return;
    found.add(folder);
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const needs = { ...about.dependencies, ...about.optionalDependencies };
    for (const need of Object.keys(needs)) look(need, folder);
  };
  for (const name of names) look(name, at);
  return found;
}

/** Bytes of a folder's files that an image gets; packages inside it count for themselves. */
export function bytesInImage(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesInImage(path);
    return LEFT_OUT.test(path) ? sum : sum + statSync(path).size;
  }, 0);
}

function folderOf(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  return dirname(from) === from ? undefined : folderOf(name, dirname(from));
}
