import { dirname } from 'node:path';
import { pageName } from '../jpeg-name.ts';
import {
  makeOutputFolder,
  type OutputRules,
  refuseUnwritable,
  writeOutputs,
} from '../local-output.ts';
import type { Conversion } from './attempts.ts';
import { type ChosenPages, choosePages, pageOption } from './choose-pages.ts';
import { convertInPlace } from './convert-in-place.ts';
import type { EncoderSettings } from './encoder-settings.ts';
import type { PagesSetting } from './pages.ts';
import type { Budget } from './plan/resources.ts';
import type { Converter } from './process/converter.ts';
import {
  refuseCertainWarnings,
  refuseLosses,
  refuseNotedLosses,
  refuseWarnings,
  type Strictness,
} from './strictness.ts';

/** How pages are converted. */
export interface PageOptions {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly strict: Strictness;
  readonly budget: Budget;
  readonly converter: Converter;
  readonly signal: AbortSignal;
  /** Told why a page is converted again, with less. */
  readonly onReplan?: ((message: string) => void) | undefined;
}

/** A TIFF that is being converted, as far as its pages are concerned. */
export interface OpenTiff {
  readonly path: string;
  /** How it is called in messages. */
  readonly name: string;
  readonly header: ChosenPages['header'];
}

/** Where the JPEGs of a TIFF go. */
export interface PagesTarget {
  /** The JPEG of the first page, or of the only one that is converted. */
  readonly output: string;
  readonly rules: OutputRules;
  /** Makes its folder where that is missing. */
  readonly makeFolder: boolean;
  /**
   * Called when all JPEGs are there, before any of them gets its name. What it throws keeps them from
   * getting it.
   */
  readonly onMade?: ((made: readonly MadePage[]) => Promise<void>) | undefined;
}

/** A page that has been converted. */
export interface ConvertedPage {
  /** Counted from 1. */
  readonly page: number;
  readonly output: string;
  /** Milliseconds. */
  readonly ms: number;
  readonly conversion: Conversion;
}

/** The same while its JPEG has no name yet. */
export interface MadePage extends ConvertedPage {
  /** Where the JPEG lies until then. */
  readonly jpeg: string;
}

/** The JPEGs of pages: one page takes the name of the file, whichever it is. */
export function pageOutputs(output: string, numbers: readonly number[]): string[] {
  return numbers.length === 1 ? [output] : numbers.map((page) => pageName(output, page));
}

/**
 * Converts one page, counted from 1. Throws what `convertInPlace` does, and `ConversionError` (`LOSS`,
 * `WARNING`) where a note is to be an error.
 */
export async function convertPage(
  { path, name, header }: OpenTiff,
  number: number,
  jpeg: string,
  { encoder, pages, strict, budget, converter, signal, onReplan }: PageOptions,
): Promise<Conversion> {
  const conversion = await convertInPlace(path, jpeg, {
    ...encoder,
    name,
    header,
    page: pageOption(pages, number),
    budget,
    converter,
    signal,
    onReplan: ({ message }) => onReplan?.(message),
  });
  refuseNotedLosses(conversion, name, strict);
  refuseWarnings(conversion, name, strict);
  return conversion;
}

/**
 * Converts the pages of a TIFF file that the options ask for: all of them get their names together, or
 * none. `chosen` is for whoever has read the header already. Throws `ConversionError` and `FileError`.
 */
export async function convertPages(
  { path, name }: Pick<OpenTiff, 'path' | 'name'>,
  { output, rules, makeFolder, onMade }: PagesTarget,
  options: PageOptions,
  chosen?: ChosenPages,
): Promise<[ConvertedPage, ...ConvertedPage[]]> {
  const { encoder, pages, strict } = options;
  const { header, numbers } = chosen ?? (await choosePages(path, pages, name));
  await refuseLosses(path, name, strict, { encoder, pages });
  refuseCertainWarnings({ header, numbers }, pages, name, strict);
  await refuseUnwritable(output, { makeFolder });
  if (makeFolder) await makeOutputFolder(dirname(output));
  const outputs = pageOutputs(output, numbers);
  const convert = async (index: number, page: number, jpeg = ''): Promise<MadePage> => {
    const start = performance.now();
    const conversion = await convertPage({ path, name, header }, page, jpeg, options);
    const ms = Math.round(performance.now() - start);
    return { page, output: outputs[index] ?? output, ms, conversion, jpeg };
  };
  return writeOutputs(outputs, rules, async ([jpeg, ...jpegs]) => {
    const [number, ...others] = numbers;
    const made: [MadePage, ...MadePage[]] = [await convert(0, number, jpeg)];
    for (const [index, page] of others.entries())
      made.push(await convert(index + 1, page, jpegs[index]));
    await onMade?.(made);
    return made;
  });
}
