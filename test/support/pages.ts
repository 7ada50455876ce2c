import type { TiffPage } from '../../src/lib/convert/header/tiff-header.ts';
import type { PageFile } from '../../src/lib/convert/plan/readable.ts';

/** What the header says of an ordinary scan: colour, 8 bits, LZW strips of 128 rows. */
export function pageOf(megapixels: number, differs: Partial<TiffPage> = {}): TiffPage {
  const width = Math.round(Math.sqrt(megapixels * 1e6 * 1.25));
  const height = Math.round((megapixels * 1e6) / width);
  const samplesPerPixel = differs.samplesPerPixel ?? 3;
  return {
    index: 0,
    offset: 8,
    width,
    height,
    samplesPerPixel,
    bitsPerSample: Array.from({ length: Math.min(samplesPerPixel, 64) }, () => 8),
    sampleFormat: 1,
    compression: 5,
    photometric: 2,
    planar: false,
    orientation: 1,
    subfileType: 0,
    extraSamples: [],
    chromaSubsampling: [2, 2],
    inkSet: 1,
    maxSampleValue: undefined,
    iccBytes: 0,
    segments: stripsOf(width, height, 128),
    ...differs,
  };
}

/** Strips of so many rows, half as large as their pixels. */
export function stripsOf(
  width: number,
  height: number,
  rows: number,
): NonNullable<TiffPage['segments']> {
  const count = Math.ceil(height / rows);
  const largestBytes = (width * rows * 3) / 2;
  const totalBytes = (width * height * 3) / 2;
  const whole = { needed: count, empty: 0 };
  return {
    kind: 'strips',
    width,
    height: rows,
    count,
    ...whole,
    largestBytes,
    totalBytes,
    lastStart: totalBytes - largestBytes,
    end: totalBytes,
  };
}

/** The file of such a page, and of no other. */
export function fileOfPage({ segments }: TiffPage, name = 'x.tif'): PageFile {
  const bytes = segments?.end ?? 0;
  return { name, bytes, big: false, walkable: true, lacksDirectories: false };
}
