import type { TiffEntries } from './tiff-entries.ts';
import type { TiffSource } from './tiff-source.ts';
import { readNumber } from './tiff-tags.ts';

/** Pixels per unit of length (TIFF 6.0, section 8). */
export interface Resolution {
  /** Above 0, before the orientation is applied. */
  readonly x: number;
  readonly y: number;
  /** ResolutionUnit: 1 none (the numbers are an aspect ratio), 2 inch, 3 centimetre. */
  readonly unit: 1 | 2 | 3;
}

const TAG = { x: 282, y: 283, unit: 296 } as const;
/** The tags that `readResolution` reads. */
export const RESOLUTION_TAGS: readonly number[] = Object.values(TAG);
export const INCH = 2;

/**
 * The resolution of a page; a single number applies to both directions. Undefined if the page has
 * none or an invalid one: not above 0, or with an undefined unit. Throws what reading throws.
 */
export async function readResolution(
  source: TiffSource,
  entries: TiffEntries,
): Promise<Resolution | undefined> {
  const read = (tag: number) => readNumber(source, entries.get(tag));
  const across = await read(TAG.x);
  const down = await read(TAG.y);
  return resolutionOf(across, down, entries.has(TAG.unit) ? await read(TAG.unit) : INCH);
}

/** The resolution that the values of its tags give, as `readResolution` says. */
export function resolutionOf(
  across: number | undefined,
  down: number | undefined,
  unit: number | undefined,
): Resolution | undefined {
  const [x, y] = [across ?? down, down ?? across];
  if (!isAboveZero(x) || !isAboveZero(y) || !isUnit(unit)) return undefined;
  return { x, y, unit };
}

function isAboveZero(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value > 0;
}

function isUnit(unit: number | undefined): unit is Resolution['unit'] {
  return unit === 1 || unit === 2 || unit === 3;
}
