import { type JpegMarkers, readJpegMarkers } from './jpeg-colours.ts';
import type { TagFault } from './tag-faults.ts';
import type { TiffSource } from './tiff-source.ts';
import { readIntegers, type TiffEntry } from './tiff-values.ts';

const [JPEG, YCBCR] = [7, 6];

/** Whether a page's data are YCbCr JPEGs, which specify their chroma subsampling themselves. */
export function isJpegInYcbcr({
  compression,
  photometric,
  samplesPerPixel,
  planar,
}: {
  readonly compression: number;
  readonly photometric: number | undefined;
  readonly samplesPerPixel: number;
  readonly planar: boolean;
}): boolean {
  return compression === JPEG && photometric === YCBCR && samplesPerPixel === 3 && !planar;
}

/**
 * The markers of the JPEG in a page's first strip or tile; undefined if this compression has none,
 * or the data do not tell. Throws what reading throws.
 */
export async function markersOfData(
  source: TiffSource,
  compression: number,
  offsets: TiffEntry | undefined,
): Promise<JpegMarkers | undefined> {
  if (compression !== JPEG) return undefined;
  const [start] = (await readIntegers(source, offsets, { most: 1 })) ?? [];
  return start === undefined ? undefined : readJpegMarkers(source, start);
}

/** YCbCrSubsampling has this many values. */
const VALUES = 2;

/**
 * What is wrong with YCbCrSubsampling if the data say otherwise; libtiff trusts the tag, and fails.
 */
export async function subsamplingFaults(
  source: TiffSource,
  tag: TiffEntry | undefined,
  own: readonly [number, number],
): Promise<TagFault[]> {
  if (!tag) return [];
  const said = (await readIntegers(source, tag, { most: VALUES + 1 })) ?? [];
  if (said.join() === own.join()) return [];
  const message = `its YCbCrSubsampling ${said.length === 0 ? 'has no value' : `is ${said.join(' × ')}`}, and that of its JPEG data is ${own.join(' × ')}`;
  return [{ message, kind: 'mended' }];
}
