import { join } from 'node:path';
import { countPages } from '../convert/choose-pages.ts';
import type { LocalConversion } from '../convert/local-files.ts';
import { isPageList, numbersIn, type PagesSetting } from '../convert/pages.ts';
import { OptionsError } from '../errors.ts';
import { jpegName } from '../jpeg-name.ts';
import type { CollectionWarning, FoundTiff } from './inputs/find-inputs.ts';
import {
  createOutputReservations,
  type FurtherPages,
  type Objection,
  type OutputReservations,
} from './output-reservations.ts';

/** Where the JPEGs go. */
export interface OutputTarget {
  /**
   * The common folder, in which TIFFs keep their relative paths; without it each JPEG is written
   * beside its TIFF.
   */
  readonly outDir?: string | undefined;
  readonly pages: PagesSetting;
}

/** A TIFF whose JPEG may already have a name. */
type TiffToName = FoundTiff & { readonly output?: string | undefined };

/**
 * Names the JPEG of each TIFF without an `output`. If two would have the same name, also on file
 * systems that ignore letter case or Unicode form, the first in order gets it, and the others are
 * named after the full names: `a.tiff.jpg`, `a.tiff.2.jpg`, …, each with a warning. With all pages,
 * the names of further pages count too; a TIFF is read for that only if they might collide. No JPEG
 * gets the name of an input. `pageCount` returns a TIFF's number of pages.
 *
 * Throws `OptionsError` if two given outputs collide, or one collides with a TIFF.
 */
export async function planOutputs(
  found: readonly TiffToName[],
  { outDir, pages }: OutputTarget,
  pageCount: (input: string) => Promise<number> = countPages,
): Promise<{
  readonly conversions: readonly LocalConversion[];
  readonly warnings: readonly CollectionWarning[];
}> {
  const reservations = createOutputReservations(furtherPages(pages, pageCount));
  for (const { input } of found) reservations.reserve(input, { input, as: 'source' });
  await reserveGiven(found, reservations);
  const nameOne = outputNamer(reservations);
  const conversions: LocalConversion[] = [];
  const warnings: CollectionWarning[] = [];
  for (const { input, name, output: given } of found) {
    if (given !== undefined) {
      conversions.push({ input, output: given });
      continue;
    }
    // A missing folder is named like a file.
    const tiff = (outDir === undefined ? input : join(outDir, name)).replace(/(?<=[^/])\/+$/, '');
    const { output, objection } = await nameOne(tiff, input);
    conversions.push({ input, output });
    if (objection)
      warnings.push({
        code: 'NAME_CLASH',
        message: `${input} becomes ${output}, because ${describe(objection)}.`,
      });
  }
  return { conversions, warnings };
}

/** Which further pages of a TIFF get JPEGs; undefined if none do. */
function furtherPages(
  pages: PagesSetting,
  pageCount: (input: string) => Promise<number>,
): FurtherPages | undefined {
  if (isPageList(pages)) {
    const further = new Set(numbersIn(pages).slice(1));
    return async () => (page) => further.has(page);
  }
  if (pages !== 'all') return undefined;
  const countOnce = onceEach(pageCount);
  return async (input) => {
    const count = await countOnce(input);
    return (page) => page <= count;
  };
}

async function reserveGiven(
  found: readonly TiffToName[],
  reservations: OutputReservations,
): Promise<void> {
  const problems: string[] = [];
  for (const { input, output } of found) {
    if (output === undefined) continue;
    const objection = await reservations.objection(output, input);
    if (objection)
      problems.push(`output ${output} of ${input} cannot be used, because ${describe(objection)}`);
    reservations.reserve(output, { input, as: 'jpeg' });
  }
  if (problems.length > 0) throw new OptionsError(problems);
}

/** A JPEG's name, and why it is not the usual one. */
interface NamedOutput {
  readonly output: string;
  readonly objection: Objection | undefined;
}

/** Reserves the first available name of a JPEG. */
function outputNamer(
  reservations: OutputReservations,
): (tiff: string, input: string) => Promise<NamedOutput> {
  /** Where to continue counting: thousands may be named `scan.tif`. */
  const counted = new Map<string, number>();
  return async (tiff, input) => {
    const usual = jpegName(tiff);
    const objection = await reservations.objection(usual, input);
    let output = usual;
    for (
      let n = counted.get(tiff) ?? 1;
      objection && (await reservations.objection(output, input));
      n++
    ) {
      output = n === 1 ? `${tiff}.jpg` : `${tiff}.${n}.jpg`;
      counted.set(tiff, n);
    }
    reservations.reserve(output, { input, as: 'jpeg' });
    return { output, objection };
  };
}

function describe({ path, by, page }: Objection): string {
  if (by.as === 'source') return `${path} is an input of this run`;
  return `${path} is the JPEG of ${page ? `page ${page} of ` : ''}${by.input}`;
}

function onceEach(count: (input: string) => Promise<number>): (input: string) => Promise<number> {
  const counts = new Map<string, Promise<number>>();
  return (input) => {
    const counting = counts.get(input) ?? count(input);
    counts.set(input, counting);
    return counting;
  };
}
