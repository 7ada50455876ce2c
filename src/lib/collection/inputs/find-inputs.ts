import { normalize } from 'node:path';
import { SettingsError } from '../../errors.ts';
import { lstat } from '../../files.ts';
import { inParallel } from '../../in-parallel.ts';
import { absolutePath } from '../../path-bytes.ts';
import type { UnreadPath } from '../events.ts';
import { readFileList } from './file-list.ts';
import { createPathFilter, isNegated } from './path-filter.ts';
import { withoutRepeats } from './repeats.ts';
import {
  refuseEmpty,
  refuseNothing,
  type SearchWarning,
  searchWarnings,
  unreadOf,
} from './report-search.ts';
import { type FoundInput, type SearchOptions, searchFile, searchPath } from './search-path.ts';

export type { SearchWarning as CollectionWarning };

/** Which TIFFs to find. */
export interface InputRequest {
  /** Files, folders, and patterns that no shell has expanded; `!PATTERN` adds to `exclude`. */
  readonly paths: readonly string[];
  /** Also search subfolders. */
  readonly recursive: boolean;
  /**
   * A list of files and folders: its path, or `-` for stdin. Names are taken literally, not as
   * patterns.
   */
  readonly filesFrom?: string | undefined;
  /** Patterns for what is included and excluded, whatever its origin (`createPathFilter`). */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /**
   * Identifies names that are not local (objects, stdin), which are taken as they are; default:
   * none.
   */
  readonly isElsewhere?: (path: string) => boolean;
}

/** The TIFFs of a collection, and what could not be read. */
export interface FoundInputs {
  readonly found: readonly FoundTiff[];
  /** Folders and files that TIFFs may be missing from. */
  readonly unread: readonly UnreadPath[];
  readonly warnings: readonly SearchWarning[];
}

/** A TIFF, or a file named explicitly. */
export interface FoundTiff {
  readonly input: string;
  /**
   * Determines the path of its JPEG in another folder: its path below the folder, or below the
   * fixed part of the pattern, that found it; its own name if it was named; its path if it was in a
   * list.
   */
  readonly name: string;
}

/** Paths searched at once. */
const PATHS_AT_ONCE = 8;

/**
 * Finds the TIFFs of a collection, each file once, in the order of the request, in folders in
 * natural order. Folders and patterns find TIFFs by extension or content (`judgeFile`); a file
 * named explicitly is always taken, and fails in its conversion if missing.
 *
 * Throws `FileError` if a folder, pattern or list has no TIFF, or nothing is left, although
 * everything could be read; `SettingsError` if nothing is asked for or a pattern is empty; and the
 * signal's reason.
 */
export async function findInputs(
  request: InputRequest,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal = new AbortController().signal,
): Promise<FoundInputs> {
  const { filesFrom, recursive, isElsewhere = () => false } = request;
  const { paths, negated } = await splitPaths(request.paths);
  if (paths.length === 0 && filesFrom === undefined)
    throw new SettingsError(['PATH is missing (or --files-from)']);
  const filter = createPathFilter(request.include, [...request.exclude, ...negated]);
  const options = { recursive, filter, signal, isElsewhere };
  const listed = filesFrom === undefined ? [] : await readFileList(filesFrom, stdin, signal);
  const searches = [
    ...(await searchAll(paths, { ...options, wildcards: true })),
    ...(await searchAll(listed, { ...options, wildcards: false })).map((search) => ({
      ...search,
      found: search.found.map(asListed),
    })),
  ];
  searches.forEach(refuseEmpty);
  refuseNothing(searches);
  const candidates = searches.flatMap(({ found }) => found);
  // An explicitly named file that cannot be read fails in the run.
  const taken = new Set(candidates.map(({ input }) => absolutePath(input)));
  const { found, otherNames } = await withoutRepeats(candidates, isElsewhere, signal);
  return {
    found: found.map(({ input, name }) => ({ input, name })),
    unread: unreadOf(searches).filter(({ path }) => !taken.has(absolutePath(path))),
    warnings: searchWarnings(searches, otherNames),
  };
}

function searchAll(
  paths: readonly string[],
  options: SearchOptions & Required<Pick<InputRequest, 'isElsewhere'>>,
) {
  const { signal, filter, isElsewhere } = options;
  const search = async (path: string) =>
    isElsewhere(path) ? searchFile(path, undefined, filter) : searchPath(path, options);
  return inParallel(paths, search, { limit: PATHS_AT_ONCE, signal });
}

/** Separates `!` patterns from paths; a file may have such a name too. */
async function splitPaths(
  all: readonly string[],
): Promise<{ readonly paths: readonly string[]; readonly negated: readonly string[] }> {
  const [paths, negated]: [string[], string[]] = [[], []];
  for (const path of all) {
    if (path === '') throw new SettingsError(['a PATH is empty']);
    if (isNegated(path) && !(await lstat(path).catch(() => undefined))) negated.push(path.slice(1));
    else paths.push(path);
  }
  return { paths, negated };
}

/**
 * A list has no folder that its paths could be relative to, and their common part changes with its
 * content. So the whole path is kept, like in tar and rsync, except for steps upwards.
 */
function asListed(candidate: FoundInput): FoundInput {
  return { ...candidate, name: normalize(candidate.input).replace(/^(\.\.?\/|\/)+/, '') };
}
