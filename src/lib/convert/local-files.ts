import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { FileError, messageOf, SettingsError, systemCodeOf } from '../errors.ts';
import { hasTiffEnding, jpegName, pageName } from '../jpeg-name.ts';
import { countPages } from './choose-pages.ts';
import type { PagesSetting } from './pages.ts';

/** One local TIFF and where the JPEG of its first page goes; further ones lie beside it (`pageName`). */
export interface LocalConversion {
  readonly input: string;
  readonly output: string;
}

/** Where the JPEGs go; without either, each lies beside its TIFF. */
export interface LocalTarget {
  /** The one output file. */
  readonly output?: string | undefined;
  /** The folder for all; TIFFs found in a folder keep their place below it. */
  readonly outDir?: string | undefined;
  /** Which pages of each TIFF become JPEGs; default: the first. */
  readonly pages?: PagesSetting | undefined;
}

/**
 * The conversions that a list of files and folders stands for; folders are searched for `.tif` and
 * `.tiff`, names sorted, and a file that is named twice is converted once. A file that does not exist
 * is left for its conversion to fail. Throws `FileError` when a folder cannot be read or holds no TIFF, or
 * two TIFFs would get the same JPEG, and `SettingsError` when there are several for one output.
 */
export async function planLocalConversions(
  paths: readonly string[],
  target: LocalTarget,
): Promise<LocalConversion[]> {
  const found = withoutRepeats((await Promise.all(paths.map(findTiffs))).flat());
  if (target.output !== undefined && found.length > 1)
    throw new SettingsError([
      `--output names one file, but there are ${found.length} TIFFs; use --out-dir for several`,
    ]);
  const planned = found.map(({ input, name }) => ({
    input,
    output:
      target.output ?? (target.outDir ? join(target.outDir, jpegName(name)) : jpegName(input)),
  }));
  await refuseCollisions(planned, target.pages);
  return planned;
}

/**
 * The TIFFs that a file or folder stands for; folders are searched as for conversions. A file that does
 * not exist is left for its reader to fail. Throws `FileError` when a folder cannot be read or holds no TIFF.
 */
export async function localTiffs(path: string): Promise<string[]> {
  return (await findTiffs(path)).map(({ input }) => input);
}

/** A TIFF; `name` is what the path to a JPEG in another folder is made from. */
interface FoundTiff {
  readonly input: string;
  readonly name: string;
}

/** The TIFFs at a path. */
async function findTiffs(path: string): Promise<FoundTiff[]> {
  if (!(await isFolder(path))) return [{ input: path, name: basename(path) }];
  const names = await tiffNamesIn(path);
  if (names.length === 0)
    throw new FileError(
      `There is no .tif or .tiff file in the folder ${path}. Name the files themselves.`,
    );
  return names.map((name) => ({ input: join(path, name), name }));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw readError(path, error);
  }
}

/** The TIFFs in a folder and all below it, by their endings, sorted; links to folders are not followed. */
async function tiffNamesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      throw readError((error as NodeJS.ErrnoException).path ?? folder, error);
    },
  );
  return entries
    .filter((entry) => hasTiffEnding(entry.name) && !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function readError(path: string, error: unknown): FileError {
  return new FileError(
    `Could not read ${path}: ${messageOf(error)}. Check the path, and who may read there.`,
    { cause: error },
  );
}

/** Shells and folders easily name a file twice; by its first name it keeps its place. */
function withoutRepeats(found: readonly FoundTiff[]): FoundTiff[] {
  const seen = new Set<string>();
  return found.filter(({ input }) => {
    const path = resolve(input);
    return seen.has(path) ? false : seen.add(path);
  });
}

async function refuseCollisions(
  planned: readonly LocalConversion[],
  pages: PagesSetting | undefined,
): Promise<void> {
  // The pages of one TIFF never meet, and to count them a file has to be read.
  if (planned.length < 2) return;
  const inputs = new Map<string, string>();
  for (const { input, output } of planned) {
    const count = pages === 'all' ? await countPages(input) : 1;
    for (let page = 1; page <= count; page++) {
      const jpeg = pageName(output, page);
      const key = resolve(jpeg);
      const other = inputs.get(key);
      if (other !== undefined)
        throw new FileError(
          `${other} and ${input} would both become ${jpeg}. Convert them one at a time, with --output.`,
        );
      inputs.set(key, input);
    }
  }
}
