import { join } from 'node:path';
import { countPages } from '../convert/choose-pages.ts';
import type { LocalConversion } from '../convert/local-files.ts';
import type { PagesSetting } from '../convert/pages.ts';
import { OptionsError } from '../errors.ts';
import { jpegName } from '../jpeg-name.ts';
import type { CollectionWarning, FoundTiff } from './inputs/find-inputs.ts';
import { createOutputClaims, type Objection, type OutputClaims } from './output-claims.ts';

/** Where the JPEGs go. */
export interface OutputTarget {
  /** The folder for all, in which TIFFs keep their place; without it each JPEG lies beside its TIFF. */
  readonly outDir?: string | undefined;
  readonly pages: PagesSetting;
}

/** A TIFF whose JPEG may have been named already. */
type TiffToName = FoundTiff & { readonly output?: string | undefined };

/**
 * Names the JPEG of each TIFF that has no `output` yet. Where two would have one name, also on file systems that tell neither
 * upper from lower case nor how letters are composed, the first in order has it, and the others are
 * called after their whole names: `a.tiff.jpg`, `a.tiff.2.jpg`, …, which a warning says of each. With all
 * pages the names of further ones count, too; a TIFF is read for that only if they may meet another.
 * No JPEG is named as one of the TIFFs. `pageCount` tells of a TIFF how many pages it has.
 *
 * Throws `OptionsError` when two of the outputs that are given meet, or one meets a TIFF.
 */
export async function planOutputs(
  found: readonly TiffToName[],
  { outDir, pages }: OutputTarget,
  pageCount: (input: string) => Promise<number> = countPages,
): Promise<{
  readonly conversions: readonly LocalConversion[];
  readonly warnings: readonly CollectionWarning[];
}> {
  const claims = createOutputClaims(pages === 'all' ? onceEach(pageCount) : undefined);
  for (const { input } of found) claims.claim(input, { input, as: 'source' });
  await claimGiven(found, claims);
  const nameOne = outputNamer(claims);
  const conversions: LocalConversion[] = [];
  const warnings: CollectionWarning[] = [];
  for (const { input, name, output: given } of found) {
    if (given !== undefined) {
      conversions.push({ input, output: given });
      continue;
    }
    const tiff = outDir === undefined ? input : join(outDir, name);
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

async function claimGiven(found: readonly TiffToName[], claims: OutputClaims): Promise<void> {
  const problems: string[] = [];
  for (const { input, output } of found) {
    if (output === undefined) continue;
    const objection = await claims.objection(output, input);
    if (objection)
      problems.push(`output ${output} of ${input} is taken, because ${describe(objection)}`);
    claims.claim(output, { input, as: 'jpeg' });
  }
  if (problems.length > 0) throw new OptionsError(problems);
}

/** A JPEG's name, and what was against the usual one. */
interface NamedOutput {
  readonly output: string;
  readonly objection: Objection | undefined;
}

/** Claims the first of the possible names of a JPEG that is free. */
function outputNamer(claims: OutputClaims): (tiff: string, input: string) => Promise<NamedOutput> {
  /** Where to go on counting: thousands may be called `scan.tif`. */
  const counted = new Map<string, number>();
  return async (tiff, input) => {
    const usual = jpegName(tiff);
    const objection = await claims.objection(usual, input);
    let output = usual;
    for (
      let n = counted.get(tiff) ?? 1;
      objection && (await claims.objection(output, input));
      n++
    ) {
      output = n === 1 ? `${tiff}.jpg` : `${tiff}.${n}.jpg`;
      counted.set(tiff, n);
    }
    claims.claim(output, { input, as: 'jpeg' });
    return { output, objection };
  };
}

function describe({ path, by, page }: Objection): string {
  if (by.as === 'source') return `${path} is itself to be converted`;
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
