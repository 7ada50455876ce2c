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
  /** The JPEG of the first page, or of the only one that is converted. */
  readonly output: string;
  readonly rules: OutputRules;
  /** Creates its folder if it is missing. */
  readonly makeFolder: boolean;
}

/** The JPEGs of pages: a single page gets the file's name, whichever page it is. */
export function pageOutputs(output: string, numbers: readonly number[]): string[] {
  return numbers.length === 1 ? [output] : numbers.map((page) => pageName(output, page));
}

/**
 * Makes the JPEGs of a TIFF's pages: either all get their names, or none does. Calls `finish` when
 * all are made, before any gets its name; an error from it keeps them all from getting their names.
 * Returns its result. Throws what making throws, and `FileError`.
 */
export async function writePages<T>(
  tiff: TiffToMake,
  { output, rules, makeFolder }: PagesTarget,
  places: MakingPlaces,
  finish: (made: readonly MadePage[]) => Promise<T>,
): Promise<T> {
  const { numbers } = tiff;
  await refuseUnwritable(output, { makeFolder });
  if (makeFolder) await makeOutputFolder(dirname(output));
  const outputs = pageOutputs(output, numbers);
  return writeOutputs(outputs, rules, async (jpegs) => {
    const targets = numbers.map((page, index) => {
      const [name = output, jpeg = ''] = [outputs[index], jpegs[index]];
      return { page, output: name, jpeg };
    });
    return finish(await makePages(tiff, targets, places));
  });
}
