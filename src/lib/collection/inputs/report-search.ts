import { FileError, reasonOf } from '../../errors.ts';
import { absolutePath } from '../../path-bytes.ts';
import type { UnreadPath } from '../events.ts';
import type { Search, Unreadable } from './search-path.ts';

/** A warning about the collection as a whole. */
export interface SearchWarning {
  readonly code: 'FOLDER_LINKS' | 'FOLDERS_UNSEARCHED' | 'SAME_FILE' | 'NAME_CLASH';
  readonly message: string;
}

/** Throws `FileError` if there is no TIFF at a path although everything could be read. */
export function refuseEmpty({ path, kind, ...search }: Search): void {
  const { found, leftOut, unreadable, unknown } = search;
  if (found.length + leftOut + unreadable.length + unknown.length > 0) return;
  if (kind === 'glob')
    throw new FileError(
      `There is no file ${path}, and as a pattern it matches no TIFF. Check the spelling, or name the files.`,
    );
  throw new FileError(`There is no TIFF in the folder ${path}. ${adviceOn(search)}`);
}

function adviceOn({ unsearched, folderLinks }: Pick<Search, 'unsearched' | 'folderLinks'>): string {
  if (unsearched > 0) return 'Use --recursive to search its subfolders too.';
  if (folderLinks.length > 0)
    return `Links to folders are not followed: name the target of ${some(folderLinks)}.`;
  return 'Name the files themselves.';
}

/** Throws `FileError` with the reason if nothing was found although everything could be read. */
export function refuseNothing(searches: readonly Search[]): void {
  const isNothing = ({ found, unreadable, unknown }: Search) =>
    found.length + unreadable.length + unknown.length === 0;
  if (searches.every(isNothing))
    throw new FileError(
      'No TIFF is left: --include and --exclude skip all that were found. Check their patterns.',
    );
}

/** Everything that could not be read, each place once. */
export function unreadOf(searches: readonly Search[]): UnreadPath[] {
  const folders = searches.flatMap(({ unreadable }) => unreadable).map(unreadFolder);
  const files = searches.flatMap(({ unknown }) => unknown).map(unreadFile);
  const unread = new Map([...folders, ...files].map((met) => [absolutePath(met.path), met]));
  return [...unread.values()];
}

function unreadFolder({ path, error }: Unreadable): UnreadPath {
  const message = `Could not read this folder: ${reasonOf(error)}. TIFFs in it are missing. Check its permissions.`;
  return { kind: 'folder', path: path || '.', error: { code: 'FOLDER_UNREADABLE', message } };
}

function unreadFile({ path, error }: Unreadable): UnreadPath {
  const message = `Could not read this file, which may be a TIFF: ${reasonOf(error)}. Check its permissions.`;
  return { kind: 'file', path, error: { code: 'FILE_UNREADABLE', message } };
}

/** Warnings about successful searches. */
export function searchWarnings(
  searches: readonly Search[],
  otherNames: readonly string[],
): SearchWarning[] {
  const links = searches.flatMap((search) => search.folderLinks);
  const warnings: SearchWarning[] = [];
  if (links.length > 0)
    warnings.push({
      code: 'FOLDER_LINKS',
      message: `Links to folders are not followed: ${some(links)}. Name the folders to search.`,
    });
  // A pattern itself says which folders are meant.
  const unsearched = searches.filter(({ kind, unsearched: n }) => kind === 'folder' && n > 0);
  if (unsearched.length > 0)
    warnings.push({
      code: 'FOLDERS_UNSEARCHED',
      message: `Folders in ${some(unsearched.map(({ path }) => path))} were not searched. Use --recursive to search them too.`,
    });
  if (otherNames.length > 0)
    warnings.push({
      code: 'SAME_FILE',
      message: `Skipped, other names of the same file: ${some(otherNames)}.`,
    });
  return warnings;
}

/** A readable number of paths. */
function some(paths: readonly string[]): string {
  const further = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return paths.slice(0, 3).join(', ') + further;
}
