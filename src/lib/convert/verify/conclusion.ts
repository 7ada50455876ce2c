import { areasOf, placeAsSeen } from './areas.ts';
import type { Likeness, Nearness } from './likeness.ts';
import type { AreaSums, PictureSize } from './similarity.ts';

/** What comparing a JPEG with its TIFF came to. */
export interface Comparison {
  readonly likeness: Likeness & { readonly expected: Nearness };
  /** The area in which it falls behind what is expected most: its place, and decibels of both; undefined where nothing differs. */
  readonly strangest: {
    readonly x: number;
    readonly y: number;
    readonly psnr_db: number | undefined;
    readonly expected_db: number | undefined;
  };
}

/**
 * The most that is expected of a JPEG, in decibels: a mean squared error of one level. What is nearer differs by
 * rounding, and by how much tells nothing.
 */
export const MOST_EXPECTED_DB = 48.13;

/** Says what the sums of a JPEG, and of the one that tells what is expected of it, come to; `orientation` is the JPEG's own. */
export function conclude(
  own: AreaSums,
  expected: AreaSums,
  size: PictureSize,
  orientation: number,
): Comparison {
  const areas = areasOf(size);
  const placeOf = (area: number) => placeAsSeen(areas.boxOf(area), size, orientation);
  const similarity = (area: number) => mean(own.similarity[area], own.windows[area]) ?? 1;
  const decibels = (sums: AreaSums, area: number) =>
    toDecibels(mean(sums.error[area], sums.samples[area]) ?? 0);
  const behind = (area: number) =>
    Math.min(decibels(expected, area), MOST_EXPECTED_DB) - decibels(own, area);
  const worst = leastOf(areas.count, similarity);
  const strangest = leastOf(areas.count, (area) => -behind(area));
  return {
    likeness: {
      ...nearness(own),
      expected: nearness(expected),
      worst: { ...placeOf(worst), ssim: similarity(worst) },
    },
    strangest: {
      ...placeOf(strangest),
      psnr_db: finite(decibels(own, strangest)),
      expected_db: finite(decibels(expected, strangest)),
    },
  };
}

function nearness({ error, samples, similarity, windows }: AreaSums): Nearness {
  const psnr = toDecibels(mean(total(error), total(samples)) ?? 0);
  return {
    psnr_db: finite(psnr),
    ssim: mean(total(similarity), total(windows)) ?? 1,
  };
}

/** Peak signal-to-noise ratio of 8 bits; infinite where nothing differs. */
function toDecibels(meanSquaredError: number): number {
  return 10 * Math.log10(255 ** 2 / meanSquaredError);
}

/** Infinity does not travel between processes. */
function finite(decibels: number): number | undefined {
  return Number.isFinite(decibels) ? decibels : undefined;
}

function mean(sum = 0, count = 0): number | undefined {
  return count === 0 ? undefined : sum / count;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function leastOf(count: number, value: (area: number) => number): number {
  let least = 0;
  for (let area = 1; area < count; area++) if (value(area) < value(least)) least = area;
  return least;
}
