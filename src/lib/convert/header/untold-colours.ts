import { photometricIn, readJpegMarkers } from './jpeg-colours.ts';
import type { TiffEntries } from './tiff-entries.ts';
import type { TiffSource } from './tiff-source.ts';
import { readIntegers } from './tiff-values.ts';

/** What a directory without PhotometricInterpretation says about its samples. */
interface Untold {
  readonly compression: number;
  readonly samplesPerPixel: number;
  readonly bits: number;
  /** How many samples ExtraSamples describes. */
  readonly extra: number;
}

const TAG = { stripOffsets: 273, colourMap: 320, tileOffsets: 324, jpegOffset: 513 } as const;
const [OLD_JPEG, JPEG] = [6, 7];
/** SGI's codes for luminance, used only for it. */
const LOGARITHMIC: readonly number[] = [34_676, 34_677];
/**
 * ITU-T compressions of bilevel pictures, where white is zero: run lengths, Group 3, Group 4, and
 * run lengths in words.
 */
export const FAXES: readonly number[] = [2, 3, 4, 32_771];
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, YCBCR] = [0, 1, 2, 3, 6];

/**
 * The colours that other readers assume for samples without PhotometricInterpretation; undefined if
 * ambiguous: four samples may be inks, or three colours and transparency. Throws what reading
 * throws.
 */
export async function untoldPhotometric(
  source: TiffSource,
  entries: TiffEntries,
  { compression, samplesPerPixel, bits, extra }: Untold,
): Promise<number | undefined> {
  if (LOGARITHMIC.includes(compression) || samplesPerPixel > 3) return undefined;
  if (samplesPerPixel - extra === 1) {
    if (FAXES.includes(compression) && bits === 1) return WHITE_IS_ZERO;
    return entries.has(TAG.colourMap) ? PALETTE : BLACK_IS_ZERO;
  }
  if (samplesPerPixel !== 3) return undefined;
  if (![OLD_JPEG, JPEG].includes(compression)) return RGB;
  const whole = compression === OLD_JPEG ? entries.get(TAG.jpegOffset) : undefined;
  const offsets = whole ?? entries.get(TAG.tileOffsets) ?? entries.get(TAG.stripOffsets);
  const [start] = (await readIntegers(source, offsets, { most: 1 })) ?? [];
  const markers = start === undefined ? undefined : await readJpegMarkers(source, start);
  const said = markers && photometricIn(markers);
  // libtiff reads old-style JPEGs as YCbCr unless they say otherwise; some are not complete
  // streams.
  return said ?? (compression === OLD_JPEG ? YCBCR : undefined);
}
