import { SettingsError } from '../../lib/errors.ts';
import { stat } from '../../lib/files.ts';
import { R2_SCHEME as R2 } from '../../lib/keys.ts';
import { typedPath } from '../../lib/quote.ts';

const JPEG_NAME = /\.jpe?g$/i;

/**
 * Throws `SettingsError` if a path of `convert` that does not exist is meant as something else: an
 * object in R2, the name of the JPEG, or the value that `--checksum` once had.
 */
export async function refuseMistakenPaths(
  paths: readonly string[],
  checksum: boolean,
): Promise<void> {
  for (const path of paths) {
    const problem = problemOf(path, paths, checksum);
    if (problem !== undefined && (await isMissing(path))) throw new SettingsError([problem]);
  }
}

/**
 * Throws `SettingsError` if a path of `verify` is named like a JPEG, which is found or listed and
 * not given, or is an object in R2.
 */
export function refusePathsOfJpegs(paths: readonly string[]): void {
  for (const path of paths) {
    if (path.startsWith(R2))
      throw new SettingsError([
        `verify takes local files. To verify ${path}, download it and its JPEG first: arke-tiff download ${typedPath(path)}`,
      ]);
    if (JPEG_NAME.test(path))
      throw new SettingsError([
        `${path} is named like a JPEG. Name TIFFs only; JPEGs are found beside them, in --out-dir or by --pairs`,
      ]);
  }
}

/** What a path means if there is no such file; undefined if it is just missing. */
function problemOf(
  path: string,
  [input = '', ...others]: readonly string[],
  checksum: boolean,
): string | undefined {
  if (checksum && path === 'sha256') return '--checksum sha256 is now --checksum, without a value';
  if (path.startsWith(R2)) return objectProblem(path);
  if (path === input || !JPEG_NAME.test(path)) return undefined;
  const alone = others.length === 1 ? 'the JPEG' : 'a JPEG, convert one TIFF at a time';
  const command = `arke-tiff convert ${typedPath(input)} --output ${typedPath(path)}`;
  return `${path} does not exist. To name ${alone}: ${command}`;
}

function objectProblem(path: string): string {
  const typed = typedPath(path);
  const isPrefix = path === R2 || path.endsWith('/');
  const download = isPrefix ? '' : `, or to download it: arke-tiff download ${typed}`;
  return `convert takes local files. To convert ${path} in R2: arke-tiff batch ${typed}${download}`;
}

function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}
