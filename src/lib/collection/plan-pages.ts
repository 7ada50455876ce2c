import type { ChosenPages } from '../convert/choose-pages.ts';
import { pageOutputs } from '../convert/convert-pages.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import { kindOfPage } from '../convert/header/kind-of-page.ts';
import { nameOfPage, type PagesSetting, pageNumbered, pagesOf } from '../convert/pages.ts';
import { priceOfComparison } from '../convert/plan/comparison-price.ts';
import { pixelsOf, type Turn } from '../convert/plan/memory-model.ts';
import { type Limits, planConversion } from '../convert/plan/plan.ts';
import { pageFile } from '../convert/plan/readable.ts';
import { predictJpegBytes } from '../convert/plan/size-model.ts';
import { refuseCertainWarnings, type Strictness } from '../convert/strictness.ts';
import type { PagePlan } from './events.ts';

/** What kind the first of some pages is, and the pixels of all. */
export function describePages({ header, numbers }: ChosenPages): {
  readonly kind: string | undefined;
  readonly pixels: number | undefined;
} {
  const pages = numbers.flatMap((number) => pagesOf(header)[number - 1] ?? []);
  const [first] = pages;
  if (!first) return { kind: undefined, pixels: undefined };
  const pixels = pages.reduce((sum, page) => sum + pixelsOf(page), 0);
  return { kind: kindOfPage(first), pixels };
}

/** How pages are planned. */
export interface Planning {
  /** How the TIFF is called in messages. */
  readonly name: string;
  readonly output: string;
  readonly pages: PagesSetting;
  readonly encoder: EncoderSettings;
  readonly limits: Limits;
  /** Whether the JPEGs are compared with the TIFF, too. */
  readonly verify: boolean;
  /** What is an error that else is only told; default: nothing. */
  readonly strict?: Strictness | undefined;
}

/**
 * Plans all pages as `convertTiff` will. Throws what `planConversion` throws for the first that cannot be, and what
 * `refuseCertainWarnings` throws.
 */
export function planPages(
  { header, numbers }: ChosenPages,
  { name: file, output, pages, encoder, limits, verify, strict }: Planning,
): readonly [PagePlan, ...PagePlan[]] {
  const outputs = pageOutputs(output, numbers);
  const tiff = pageFile(header, file);
  const turns: Turn[] = [];
  const planOf = (number: number, index: number): PagePlan => {
    const page = pageNumbered(header, number, file);
    const name = pages === 'first' ? file : nameOfPage(header, number, file);
    const plan = planConversion(page, { ...tiff, name }, limits, encoder);
    const { effort, reading, reason } = plan;
    turns.push(plan.turn);
    const comparison =
      verify && priceOfComparison(page, reading, { ...encoder, effort }, header.fileBytes);
    const cpuSeconds = plan.cpuSeconds + (comparison ? comparison.cpuSeconds : 0);
    const memoryBytes = Math.max(plan.memoryBytes, comparison ? comparison.memoryBytes : 0);
    return {
      page: number,
      output: outputs[index] ?? output,
      effort,
      reader: reading.reader,
      reason,
      cpu_seconds: cpuSeconds,
      peak_bytes: memoryBytes,
      output_bytes: predictJpegBytes(page, { ...encoder, effort }),
    };
  };
  const [first, ...others] = numbers;
  const plans = [
    planOf(first, 0),
    ...others.map((number, index) => planOf(number, index + 1)),
  ] as const;
  if (strict) refuseCertainWarnings({ header, numbers, turns }, pages, file, strict);
  return plans;
}
