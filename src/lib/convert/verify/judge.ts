import { ConversionError } from '../../errors.ts';
import { AREA } from './areas.ts';
import { type Comparison, MOST_EXPECTED_DB } from './conclusion.ts';
import type { LikenessBounds } from './likeness.ts';

/** The names of the two files in messages. */
export interface ComparedNames {
  readonly tiff: string;
  readonly jpeg: string;
  /** Whether another program may have made the JPEG. */
  readonly byAny?: boolean | undefined;
}

/**
 * Throws `ConversionError` (`UNLIKE`), with measured and required figures, for a JPEG beyond the
 * bounds.
 */
export function refuseUnlike(
  comparison: Comparison,
  bounds: LikenessBounds,
  names: ComparedNames,
): void {
  const [first, ...others] = shortfalls(comparison, bounds);
  if (first !== undefined) throw unlike(names, [first, ...others].join('; '));
}

/**
 * The error of a JPEG that is not what its TIFF should have become: what is wrong, and what to do.
 */
export function unlike({ tiff, jpeg, byAny }: ComparedNames, wrong: string, cause?: unknown) {
  const remedy = byAny
    ? 'Check that it is the JPEG of this TIFF; if it is, convert the TIFF again.'
    : 'Check that the JPEG was made from this TIFF with these settings, and convert it again; if it happens again, report it with the TIFF.';
  return new ConversionError(
    'UNLIKE',
    `The JPEG "${jpeg}" differs too much from its TIFF "${tiff}": ${wrong}. ${remedy}`,
    { cause },
  );
}

/** Where a comparison exceeds the bounds, for people; empty if it does not. */
export function shortfalls(
  { likeness, strangest, shifted }: Comparison,
  bounds: LikenessBounds,
): string[] {
  const { psnr_db, ssim, expected } = likeness;
  const leastSsim = expected.ssim - bounds.ssim;
  return [
    tooFar('PSNR', psnr_db, expected.psnr_db, bounds.psnrDb),
    ssim < leastSsim ? `SSIM ${ssim.toFixed(3)}, at least ${leastSsim.toFixed(3)} expected` : [],
    tooFar(`PSNR ${areaAt(strangest)}`, strangest.psnr_db, strangest.expected_db, bounds.areaDb),
    shifted.levels > bounds.levels
      ? `colours ${areaAt(shifted)} ${shifted.levels.toFixed(1)} levels off, at most ${bounds.levels.toFixed(1)} expected`
      : [],
  ].flat();
}

function areaAt({ x, y }: { readonly x: number; readonly y: number }): string {
  return `in the area of ${AREA} × ${AREA} pixels at x ${x}, y ${y}`;
}

/** The text for too few decibels. */
function tooFar(
  what: string,
  decibels = Number.POSITIVE_INFINITY,
  expected = MOST_EXPECTED_DB,
  allowance = 0,
): string[] {
  const least = Math.min(expected, MOST_EXPECTED_DB) - allowance;
  if (decibels >= least) return [];
  return [`${what} ${decibels.toFixed(1)} dB, at least ${least.toFixed(1)} dB expected`];
}
