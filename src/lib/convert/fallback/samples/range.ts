import type { TiffPage } from '../../header/tiff-header.ts';
import { numbersOf, type TiffTags, textOf } from '../../header/tiff-tags.ts';
import { isUnusualRange } from '../../notes-on-samples.ts';
import { claimedDepth, FLOAT, SIGNED } from '../../plan/page-kinds.ts';

/** The values that become black (or no ink) and white (or full ink). */
export interface SampleRange {
  readonly low: number;
  readonly high: number;
  /** Its origin, for people; empty for the whole range of an ordinary depth. */
  readonly source: string;
}

/** The smallest and largest sample that counts. */
export interface Extremes {
  readonly least: number;
  readonly most: number;
}

const TAG = { minSample: 280, maxSample: 281, sMin: 340, sMax: 341, noData: 42_113 } as const;
/** The tags that determine a range: those of TIFF 6.0 (sections 8 and 19) and GDAL's. */
export const RANGE_TAGS: readonly number[] = Object.values(TAG);

const MOST_SAMPLES = 64;

/**
 * The range of a page's samples if its tags and depth determine it; undefined if the samples must
 * be read (docs/fidelity.md, "Scaling").
 */
export function rangeFromTags(page: TiffPage, tags: TiffTags): SampleRange | undefined {
  const bits = page.bitsPerSample[0] ?? 1;
  if (!isUnusualRange(page))
    return claimedDepth(page) ? undefined : { low: 0, high: 2 ** bits - 1, source: '' };
  return (
    rangeOf(tags, TAG.sMin, TAG.sMax, 'SMinSampleValue and SMaxSampleValue') ??
    (page.sampleFormat === FLOAT
      ? undefined
      : rangeOf(tags, TAG.minSample, TAG.maxSample, 'MinSampleValue and MaxSampleValue'))
  );
}

function rangeOf(tags: TiffTags, lowTag: number, highTag: number, source: string) {
  const highs = numbersOf(tags, highTag);
  if (!highs) return undefined;
  // One per sample; a damaged count may claim millions.
  const low = Math.min(...(numbersOf(tags, lowTag) ?? [0]).slice(0, MOST_SAMPLES));
  const high = Math.max(...highs.slice(0, MOST_SAMPLES));
  return Number.isFinite(high - low) && high > low ? { low, high, source } : undefined;
}

/**
 * The range of a page's samples from their values. Floating-point numbers between 0 and 1 are
 * unchanged. Integers that use at least half of their type's range get the full range; a 16-bit
 * TIFF that declares fewer bits is believed if its samples agree. Everything else is stretched.
 */
export function rangeFromSamples(page: TiffPage, { least, most }: Extremes): SampleRange {
  const bits = page.bitsPerSample[0] ?? 1;
  const whole = 2 ** bits - 1;
  const stretched = {
    low: least,
    high: most > least ? most : least + 1,
    source: 'their own range',
  };
  if (!(most >= least)) return { low: 0, high: 1, source: 'no sample that counts' };
  if (page.sampleFormat === FLOAT)
    return least >= 0 && most <= 1 ? { low: 0, high: 1, source: '0 to 1' } : stretched;
  const depth = claimedDepth(page);
  if (depth) {
    const claimed = 2 ** depth - 1;
    if (most <= claimed) return { low: 0, high: claimed, source: `MaxSampleValue ${claimed}` };
    return { low: 0, high: whole, source: '' };
  }
  if (page.sampleFormat === SIGNED) {
    const half = 2 ** (bits - 1);
    const wide = most - least >= half;
    return wide ? { low: -half, high: half - 1, source: 'all of their type' } : stretched;
  }
  return most >= whole / 2 ? { low: 0, high: whole, source: 'all of their type' } : stretched;
}

/** Collects the extremes of a page's colour samples, without no-data values. */
export function extremesCollector(
  samplesPerPixel: number,
  colours: number,
  holes: Extremes | undefined,
): { take(row: Float64Array): void; extremes(): Extremes } {
  const { least: hole = Number.NaN, most: holeEnd = Number.NaN } = holes ?? {};
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  return {
    take: (row) => {
      for (let pixel = 0; pixel < row.length; pixel += samplesPerPixel)
        for (let c = 0; c < colours; c++) {
          const value = row[pixel + c] as number;
          if ((value >= hole && value <= holeEnd) || !Number.isFinite(value)) continue;
          if (value < least) least = value;
          if (value > most) most = value;
        }
    },
    extremes: () => ({ least, most }),
  };
}

/** GDAL's text has fewer digits than a floating-point sample; this relative error is tolerated. */
const TEXT_PRECISION = 2e-6;

/** GDAL's no-data values, from lowest to highest; undefined if there are none. */
export function holesOf({ sampleFormat }: TiffPage, tags: TiffTags): Extremes | undefined {
  const text = textOf(tags, TAG.noData)?.trim();
  const value = text ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) return undefined;
  const off = sampleFormat === FLOAT ? Math.abs(value) * TEXT_PRECISION : 0;
  return { least: value - off, most: value + off };
}
