import type { PageSelection } from '../convert/choose-pages.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import { kindOfPage } from '../convert/header/kind-of-page.ts';
import { nameOfPage, type PagesSetting, pagesOf } from '../convert/pages.ts';
import { priceOfComparison } from '../convert/plan/comparison-price.ts';
import { pixelsOf } from '../convert/plan/memory-model.ts';
import { choosePlan, type Limits, type PricedPage, pricePage } from '../convert/plan/plan.ts';
import { readable } from '../convert/plan/readable.ts';
import { predictJpegBytes } from '../convert/plan/size-model.ts';
import { refuseCertainWarnings, type Strictness } from '../convert/strictness.ts';
import { tiffPages } from '../convert/tiff-pages.ts';
import type { PagePlan } from './events.ts';

/** The kind of the first page, and the pixels of all. */
export function describePages({ header, numbers }: PageSelection): {
  readonly kind: string | undefined;
  readonly pixels: number | undefined;
} {
  const all = pagesOf(header);
  const pages = numbers.flatMap((number) => all[number - 1] ?? []);
  const [first] = pages;
  if (!first) return { kind: undefined, pixels: undefined };
  const pixels = pages.reduce((sum, page) => sum + pixelsOf(page), 0);
  return { kind: kindOfPage(first), pixels };
}

/** How pages are planned. */
export interface Planning {
  /** The TIFF's name in messages. */
  readonly name: string;
  /** The JPEGs: one for each of the pages. */
  readonly outputs: readonly string[];
  readonly pages: PagesSetting;
  readonly encoder: EncoderSettings;
  readonly limits: Limits;
  /** Whether the JPEGs are also compared with the TIFF. */
  readonly verify: boolean;
  /** What counts as an error instead of a note; default: nothing. */
  readonly strict?: Strictness | undefined;
}

/** The plans of a TIFF's pages, which are converted one after the other. */
export interface PlannedPages {
  readonly plans: readonly [PagePlan, ...PagePlan[]];
  /** What the plans were chosen from, in the same order. */
  readonly priced: readonly PricedPage[];
  /** Peak memory of their process, whatever is done to them there. */
  readonly peakBytes: number;
  /** Of the copy that is made of the file for some of them, in bytes; 0 without. */
  readonly copyBytes: number;
}

/**
 * Plans all pages as `convertTiff` will. Throws what `readable` and `choosePlan` throw for the
 * first that cannot be converted, and what `refuseCertainWarnings` throws.
 */
export function planPages(
  { header, numbers }: PageSelection,
  { name: file, outputs, pages, encoder, limits, verify, strict }: Planning,
): PlannedPages {
  const tiff = tiffPages(header, file);
  const planOf = (number: number, index: number) => {
    const page = tiff.numbered(number);
    const name = pages === 'first' ? file : nameOfPage(tiff.count, number, file);
    const priced = pricePage(readable(page, { ...tiff.file, name }), encoder);
    const { turn, ...plan } = choosePlan(priced, limits, encoder.effort);
    const { effort, reading, reason } = plan;
    const comparison = verify && priceOfComparison(priced, { ...encoder, effort });
    const cpuSeconds = plan.cpuSeconds + (comparison ? comparison.cpuSeconds : 0);
    const memoryBytes = Math.max(plan.memoryBytes, comparison ? comparison.memoryBytes : 0);
    const told: PagePlan = {
      page: number,
      output: outputs[index] as string,
      effort,
      reader: reading.reader,
      reason,
      cpu_seconds: cpuSeconds,
      peak_bytes: memoryBytes,
      output_bytes: predictJpegBytes(page, { ...encoder, effort }),
    };
    return { told, turn, priced };
  };
  const [number, ...further] = numbers;
  const first = planOf(number, 0);
  const others = further.map((one, index) => planOf(one, index + 1));
  const all = [first, ...others];
  const turns = all.map(({ turn }) => turn);
  if (strict) refuseCertainWarnings({ header, numbers, turns }, pages, file, strict);
  return {
    plans: [first.told, ...others.map(({ told }) => told)],
    priced: all.map(({ priced }) => priced),
    peakBytes: Math.max(...all.map(({ told }) => told.peak_bytes)),
    copyBytes: Math.max(...all.map(({ priced }) => priced.copyBytes)),
  };
}
