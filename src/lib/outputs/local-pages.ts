import { dirname } from 'node:path';
import { pageName } from '../jpeg-name.ts';
import {
  makeOutputFolder,
  type OutputRules,
  refuseUnwritable,
  writeOutputs,
} from '../local-output.ts';
import { type MadePage, type MakingPlaces, makePages } from './make-pages.ts';
import type { TiffToMake } from './page-files.ts';

/** Where the JPEGs of a TIFF go. */
export interface PagesTarget {
  /** The JPEG of each page, in the order of the pages. */
  readonly outputs: readonly string[];
  readonly rules: OutputRules;
  /** Creates its folder if it is missing. */
  readonly makeFolder: boolean;
}

/** The JPEGs of pages: the first of them gets the file's name, whichever page it is. */
export function pageOutputs(output: string, numbers: readonly number[]): string[] {
  return numbers.map((page, index) => (index === 0 ? output : pageName(output, page)));
}

/**
 * Makes the JPEGs of a TIFF's pages: either all get their names, or none does. Calls `finish` when
 * all are made, before any gets its name; an error from it keeps them all from getting their names.
 * Returns its result. Throws what making throws, and `FileError`.
 */
export async function writePages<T>(
  tiff: TiffToMake,
  { outputs, rules, makeFolder }: PagesTarget,
  places: MakingPlaces,
  finish: (made: readonly MadePage[]) => Promise<T>,
): Promise<T> {
  const { numbers } = tiff;
  const [output = ''] = outputs;
  await refuseUnwritable(output, { makeFolder });
  if (makeFolder) await makeOutputFolder(dirname(output));
  return writeOutputs(outputs, rules, async (jpegs) => {
    const targets = numbers.map((page, index) => {
      const [name = output, jpeg = ''] = [outputs[index], jpegs[index]];
      return { page, output: name, jpeg };
    });
    return finish(await makePages(tiff, targets, places));
  });
}
