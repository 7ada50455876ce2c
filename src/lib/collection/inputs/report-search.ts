import { FileError, messageOf } from '../../errors.ts';
import type { Search } from './search-path.ts';

/** Something about a collection as a whole that does not keep it from being converted. */
export interface CollectionWarning {
  readonly code:
    | 'FOLDER_UNREADABLE'
    | 'FILES_UNREADABLE'
    | 'FOLDER_LINKS'
    | 'FOLDERS_UNSEARCHED'
    | 'SAME_FILE'
    | 'NAME_CLASH';
  readonly message: string;
}

/** Whether by a warning of this code TIFFs were missed, of which nothing else is told. */
export function missesTiffs({ code }: { readonly code: string }): boolean {
  return ['FOLDER_UNREADABLE', 'FILES_UNREADABLE'].includes(code);
}

/** Throws `FileError` when there is no TIFF at a path, and nothing that could have kept us from finding one. */
export function refuseEmpty({ path, kind, ...search }: Search): void {
  const { found, leftOut, unreadable, unknown } = search;
  if (found.length + leftOut + unreadable.length + unknown.length > 0) return;
  if (kind === 'glob')
    throw new FileError(
      `There is no file ${path}, and no TIFF that this matches as a pattern. Look how it is written, or name the files.`,
    );
  throw new FileError(`There is no TIFF in the folder ${path}. ${adviceOn(search)}`);
}

function adviceOn({ unsearched, folderLinks }: Pick<Search, 'unsearched' | 'folderLinks'>): string {
  if (unsearched > 0) return 'Use --recursive to search the folders in it, too.';
  if (folderLinks.length > 0)
    return `Links to folders are not followed: name what ${some(folderLinks)} should lead to.`;
  return 'Name the files themselves.';
}

/** Throws `FileError`, which says why, when nothing at all was found. */
export function refuseNothing(searches: readonly Search[]): void {
  if (searches.some(({ found }) => found.length > 0)) return;
  const [unreadable] = searches.flatMap((search) => search.unreadable);
  if (unreadable)
    throw new FileError(readError(unreadable), { cause: unreadable.error as unknown });
  const unknown = searches.flatMap((search) => search.unknown);
  if (unknown.length > 0)
    throw new FileError(
      `There is no TIFF, unless it is a file that cannot be read: ${some(unknown)}. Check who may read it.`,
    );
  throw new FileError(
    'There is nothing to convert: --include and --exclude left out all that was found. Look how their patterns are written.',
  );
}

/** What people should know of searches that found something. */
export function warningsOf(
  searches: readonly Search[],
  otherNames: readonly string[],
): CollectionWarning[] {
  const unreadable = searches.flatMap((search) => search.unreadable);
  const unknown = searches.flatMap((search) => search.unknown);
  const links = searches.flatMap((search) => search.folderLinks);
  const warnings: CollectionWarning[] = unreadable.map((met) => ({
    code: 'FOLDER_UNREADABLE',
    message: `${readError(met)} TIFFs in it are not converted.`,
  }));
  if (unknown.length > 0)
    warnings.push({
      code: 'FILES_UNREADABLE',
      message: `Not called TIFFs, and not to be read, so not converted: ${some(unknown)}. Check who may read them.`,
    });
  if (links.length > 0)
    warnings.push({
      code: 'FOLDER_LINKS',
      message: `Links to folders are not followed: ${some(links)}. Name the folders that shall be searched, too.`,
    });
  // Of a pattern it is said by the pattern itself which folders are meant.
  const unsearched = searches.filter(({ kind, unsearched: n }) => kind === 'folder' && n > 0);
  if (unsearched.length > 0)
    warnings.push({
      code: 'FOLDERS_UNSEARCHED',
      message: `Folders in ${some(unsearched.map(({ path }) => path))} were not searched. Use --recursive to search them, too.`,
    });
  if (otherNames.length > 0)
    warnings.push({
      code: 'SAME_FILE',
      message: `Converted once, by another name that leads to the same file: ${some(otherNames)}.`,
    });
  return warnings;
}

function readError({ path, error }: { readonly path: string; readonly error: unknown }): string {
  return `Could not read the folder ${path || '.'}: ${messageOf(error)}. Check who may read it.`;
}

/** As many as can be taken in. */
function some(paths: readonly string[]): string {
  const further = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return paths.slice(0, 3).join(', ') + further;
}
