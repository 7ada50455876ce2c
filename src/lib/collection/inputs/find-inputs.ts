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
import { type Candidate, type SearchOptions, searchFile, searchPath } from './search-path.ts';

export type { SearchWarning as CollectionWarning };

/** Which TIFFs are wanted. */
export interface InputRequest {
  /** Files, folders, and patterns that no shell has expanded; `!PATTERN` is one more of `exclude`. */
  readonly paths: readonly string[];
  /** Search the folders below folders, too. */
  readonly recursive: boolean;
  /** A list of files and folders: its path, or `-` for stdin. No patterns: names are taken as they are. */
  readonly filesFrom?: string | undefined;
  /** Patterns for what is taken and left out, wherever it is from (`createPathFilter`). */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Tells the names of what does not lie here (objects, stdin), which are taken as they are; default: none are. */
  readonly isElsewhere?: (path: string) => boolean;
}

/** The TIFFs of a collection, and what could not be looked at. */
export interface FoundInputs {
  readonly found: readonly FoundTiff[];
  /** Folders and files that TIFFs may be missing from. */
  readonly unread: readonly UnreadPath[];
  readonly warnings: readonly SearchWarning[];
}

/** A TIFF, or a file that is named as one. */
export interface FoundTiff {
  readonly input: string;
  /**
   * What the path to its JPEG in another folder is made from: below the folder or the fixed part of the
   * pattern it was found by; its own name if it was named; its path, if it was in a list.
   */
  readonly name: string;
}

/** How many paths are searched at once. */
const PATHS_AT_ONCE = 8;

/**
 * Finds the TIFFs of a collection, each file once, in the order of the request, in folders in natural
 * order. In folders and by patterns TIFFs are found by ending or content (`judgeFile`); a file that is
 * named is taken whatever it is, and if it is not there its conversion fails.
 *
 * Throws `FileError` when a folder, pattern or list has no TIFF, or nothing is left, though everything could be read, and
 * `SettingsError` when nothing is asked for or a pattern is empty; else the signal's reason.
 */
export async function findInputs(
  request: InputRequest,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal = new AbortController().signal,
): Promise<FoundInputs> {
  const { filesFrom, recursive, isElsewhere = () => false } = request;
  const { paths, negated } = await splitPaths(request.paths);
  if (paths.length === 0 && filesFrom === undefined)
    throw new SettingsError(['there is no PATH and no --files-from']);
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
  // A file that is named fails as one of the run.
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

/** Tells patterns behind `!` from paths; a file may be called so, too. */
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
 * A list has no folder of its own to be below of, and what is in common of its paths changes with what
 * is in it: so the whole path is kept, as tar and rsync keep it, but for what leads upwards.
 */
function asListed(candidate: Candidate): Candidate {
  return { ...candidate, name: normalize(candidate.input).replace(/^(\.\.?\/|\/)+/, '') };
}
