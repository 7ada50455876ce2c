import { areasOf, placeAsSeen } from './areas.ts';
import type { Likeness, Nearness } from './likeness.ts';
import type { AreaSums, PictureSize } from './similarity.ts';

/** The result of comparing a JPEG with its TIFF. */
export interface Comparison {
  readonly likeness: Likeness & { readonly expected: Nearness };
  /**
   * The area furthest below its expectation: its place, and decibels of both; undefined if nothing
   * differs.
   */
  readonly strangest: {
    readonly x: number;
    readonly y: number;
    readonly psnr_db: number | undefined;
    readonly expected_db: number | undefined;
  };
  /**
   * The area where a channel's mean is furthest from the expected one: its place, and by how many
   * levels.
   */
  readonly shifted: { readonly x: number; readonly y: number; readonly levels: number };
}

/**
 * The most that is expected of a JPEG, in decibels: a mean squared error of one level. Closer
 * pictures differ by rounding, so the exact figure means nothing.
 */
export const MOST_EXPECTED_DB = 48.13;

/**
 * Evaluates the sums of a JPEG and of the one that sets the expectation; `orientation` is the
 * JPEG's own.
 */
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
    toDecibels(mean(sums.error[area], (sums.pixels[area] ?? 0) * sums.shifts.length) ?? 0);
  const behind = (area: number) =>
    Math.min(decibels(expected, area), MOST_EXPECTED_DB) - decibels(own, area);
  const shift = (area: number) =>
    Math.max(
      ...own.shifts.map((sums, channel) =>
        Math.abs((sums[area] ?? 0) - (expected.shifts[channel]?.[area] ?? 0)),
      ),
    ) / (own.pixels[area] ?? 1);
  const shifted = leastOf(areas.count, (area) => -shift(area));
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
    shifted: { ...placeOf(shifted), levels: shift(shifted) },
  };
}

function nearness({ error, pixels, shifts, similarity, windows }: AreaSums): Nearness {
  const psnr = toDecibels(mean(total(error), total(pixels) * shifts.length) ?? 0);
  return {
    psnr_db: finite(psnr),
    ssim: mean(total(similarity), total(windows)) ?? 1,
  };
}

/** Peak signal-to-noise ratio for 8 bits; infinite if nothing differs. */
function toDecibels(meanSquaredError: number): number {
  return 10 * Math.log10(255 ** 2 / meanSquaredError);
}

/** Infinity cannot be sent between processes. */
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
