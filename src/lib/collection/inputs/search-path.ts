import type { Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { systemCodeOf } from '../../errors.ts';
import { lstat, stat } from '../../files.ts';
import { inParallel } from '../../in-parallel.ts';
import { type Glob, hasWildcards, parseGlob } from './globs.ts';
import type { PathFilter } from './path-filter.ts';
import { judgeFile } from './tiff-files.ts';
import { type Encounter, walkFolder } from './walk-folder.ts';

/** How paths are searched. */
export interface SearchOptions {
  /** Also subfolders. */
  readonly recursive: boolean;
  /** Whether a path may be a pattern. */
  readonly wildcards: boolean;
  readonly filter: PathFilter;
  readonly signal: AbortSignal;
}

/** A TIFF, or a file named explicitly; `name` determines the path of a JPEG in another folder. */
export interface FoundInput {
  readonly input: string;
  readonly name: string;
  readonly isLink: boolean;
}

/** A folder or file that could not be read. */
export interface Unreadable {
  readonly path: string;
  readonly error: unknown;
}

/** The result of searching a path. */
export interface Search {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'glob';
  readonly found: readonly FoundInput[];
  /** Files and folders that the filter excluded. */
  readonly leftOut: number;
  /** Folders that only `recursive` would have searched. */
  readonly unsearched: number;
  readonly folderLinks: readonly string[];
  readonly unreadable: readonly Unreadable[];
  /** Files that may be TIFFs: neither extension nor content could tell. */
  readonly unknown: readonly Unreadable[];
}

/** Files read at once: enough to keep a file server busy. */
const FILES_AT_ONCE = 8;

/**
 * Finds the TIFFs of a path: a file, whatever its name; those in a folder; or, if there is nothing
 * of that name, those that match it as a pattern. Otherwise it is a missing file, which fails in
 * its conversion. Throws only the signal's reason.
 */
export async function searchPath(path: string, options: SearchOptions): Promise<Search> {
  const there = await lstat(path).catch(() => undefined);
  if (await isFolder(path, there)) {
    const all = { takes: () => true, leadsTo: () => options.recursive };
    return searchFolder({ path, kind: 'folder', root: path }, all, options);
  }
  const mayMatch = !there && options.wildcards && hasWildcards(path);
  const { folder, pattern } = await (mayMatch
    ? splitAtPattern(path)
    : { folder: path, pattern: '' });
  if (!hasWildcards(pattern)) return searchFile(path, there, options.filter);
  const glob = parseGlob(pattern);
  const root = join(folder, glob.base);
  const wanted = matchedBy(glob, options.recursive);
  const search = await searchFolder({ path, kind: 'glob', root }, wanted, options);
  // A pattern below a missing folder matches nothing.
  const unreadable = search.unreadable.filter((met) => met.path !== root || !isMissing(met));
  return { ...search, unreadable };
}

/** Existing folders are taken literally: `Box [1]` in `Box [1]/*.tif`. */
async function splitAtPattern(path: string): Promise<{ folder: string; pattern: string }> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end);
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory()) return { folder, pattern: path.slice(end + 1) };
  }
  return { folder: '', pattern: path };
}

function isMissing({ error }: { readonly error: unknown }): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
}

async function isFolder(path: string, there: Stats | undefined): Promise<boolean> {
  if (!there?.isSymbolicLink()) return there?.isDirectory() ?? false;
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Takes a path as an explicitly named file, unless the filter excludes it. */
export function searchFile(path: string, there: Stats | undefined, filter: PathFilter): Search {
  const name = basename(path);
  const taken = filter.takes({ path, name });
  return {
    path,
    kind: 'file',
    leftOut: taken ? 0 : 1,
    unsearched: 0,
    folderLinks: [],
    unreadable: [],
    unknown: [],
    found: taken ? [{ input: path, name, isLink: there?.isSymbolicLink() ?? false }] : [],
  };
}

/** Which files below a folder are wanted, and which folders may contain some; by relative path. */
type SearchRules = Pick<Glob, 'leadsTo'> & { takes(name: string): boolean };

/** A folder that a pattern matches stands for its files, as if a shell had named it. */
function matchedBy(glob: Glob, recursive: boolean): SearchRules {
  const isIn = (name: string): boolean => {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    return parent !== '' && (glob.matches(parent) || (recursive && isIn(parent)));
  };
  return {
    takes: (name) => glob.matches(name) || isIn(name),
    leadsTo: (name) => glob.leadsTo(name) || (recursive && (glob.matches(name) || isIn(name))),
  };
}

async function searchFolder(
  start: Pick<Search, 'path' | 'kind'> & { readonly root: string },
  wanted: SearchRules,
  { recursive, filter, signal }: SearchOptions,
): Promise<Search> {
  const { root, ...search } = start;
  const files: Extract<Encounter, { kind: 'file' }>[] = [];
  const [folderLinks, unreadable]: [string[], Unreadable[]] = [[], []];
  let [leftOut, unsearched] = [0, 0];
  const enters = (folder: { readonly path: string; readonly name: string }) => {
    if (!wanted.leadsTo(folder.name)) unsearched += recursive ? 0 : 1;
    else if (!filter.enters(folder)) leftOut++;
    else return true;
    return false;
  };
  for await (const met of walkFolder(root, enters, signal))
    if (met.kind === 'folder-link') folderLinks.push(met.path);
    else if (met.kind === 'unreadable') unreadable.push(met);
    else if (!wanted.takes(met.name)) continue;
    else if (filter.takes(met)) files.push(met);
    else leftOut++;
  const judge = ({ path }: { readonly path: string }) => judgeFile(path);
  const verdicts = await inParallel(files, judge, { limit: FILES_AT_ONCE, signal });
  const found = files
    .filter((_, i) => verdicts[i] === 'tiff')
    .map(({ path, ...file }) => ({ ...file, input: path }));
  const unknown = files.flatMap(({ path }, i) => {
    const verdict = verdicts[i];
    return typeof verdict === 'object' ? [{ path, error: verdict.unreadable }] : [];
  });
  return { ...search, found, leftOut, unsearched, folderLinks, unreadable, unknown };
}
