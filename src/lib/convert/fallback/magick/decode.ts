import type { IMagickImage } from '@imagemagick/magick-wasm';
import { isJpegInYcbcr } from '../../header/jpeg-within.ts';
import type { TiffPage } from '../../header/tiff-header.ts';
import { hasOddTiles, isJpegTilesWithExtra } from '../../plan/page-kinds.ts';
import type { PageColours } from './colours.ts';
import type { DirectoryValues } from './directory.ts';
import type { Magick } from './load-magick.ts';
import type { PageInMemory } from './page-in-memory.ts';
import { magickError, seriousWarning } from './words.ts';

/** The wanted samples of a page: its colours, and the alpha if there is one. */
export interface WantedSamples {
  readonly page: TiffPage;
  readonly colours: PageColours;
  /** Index of the alpha among the extra samples. */
  readonly alphaAt: number | undefined;
}

/** A decoded page, held in ImageMagick's memory. */
export interface DecodedPage {
  /** 8-bit samples, interleaved: the colours, then the alpha. */
  rows(top: number, count: number): Uint8Array;
  /** Whether ImageMagick warned of anything, even if the pixels are not affected. */
  readonly warned: boolean;
  dispose(): void;
}

const TAG = {
  width: 256,
  height: 257,
  bitsPerSample: 258,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planar: 284,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  chromaSubsampling: 530,
} as const;

const [WHITE_IS_ZERO, BLACK_IS_ZERO] = [0, 1];

/**
 * Decodes a page. Separate planes are decoded one by one, each as a grey picture: ImageMagick and
 * libtiff cannot combine all kinds. Throws in libtiff's words.
 */
export function decode(magick: Magick, memory: PageInMemory, wanted: WantedSamples): DecodedPage {
  const { page, colours, alphaAt } = wanted;
  if (!page.planar || page.samplesPerPixel === 1) {
    const colourLetters = { grey: 'R', rgb: 'RGB', lab: 'RGB', cmyk: 'CMYK' }[colours.colours];
    const letters = colourLetters + (alphaAt === undefined ? '' : 'A');
    const decoded = decodeWhole(magick, memory, wanted, letters);
    return isNegative(page) ? inverted(decoded, letters.length) : decoded;
  }
  const planes = Array.from({ length: colours.samples }, (_, i) => i);
  if (alphaAt !== undefined) planes.push(alphaAt);
  const images: ReadImage[] = [];
  try {
    for (const plane of planes)
      images.push(readOne(magick, memory, planeDirectory(memory.directory, wanted, plane), page));
  } catch (error) {
    for (const { image } of images) image.dispose();
    throw error;
  }
  return fromImages(images, 'R', page.width);
}

function decodeWhole(
  magick: Magick,
  memory: PageInMemory,
  wanted: WantedSamples,
  letters: string,
): DecodedPage {
  const { page } = wanted;
  const { segments } = page;
  const directory = wholeDirectory(memory.directory, wanted);
  const isTurned = isJpegTilesWithExtra(page) || hasOddTiles(page);
  if (segments?.kind !== 'tiles' || !isTurned)
    return fromImages([readOne(magick, memory, directory, page)], letters, page.width);
  const size = { width: segments.width, height: segments.height * segments.needed };
  const read = readOne(magick, memory, tilesAsStrips(directory, size, segments.height), size);
  return fromTiles(read, letters, { page, tile: segments });
}

/** WhiteIsZero grey with an extra sample, which ImageMagick would leave negative. */
function isNegative({ photometric, samplesPerPixel }: TiffPage): boolean {
  return photometric === WHITE_IS_ZERO && samplesPerPixel > 1;
}

/** Inverts the first of `step` samples. */
function inverted({ rows, ...page }: DecodedPage, step: number): DecodedPage {
  return {
    ...page,
    rows: (top, count) => {
      const levels = rows(top, count);
      for (let i = 0; i < levels.length; i += step) levels[i] = 255 - (levels[i] ?? 0);
      return levels;
    },
  };
}

/** The page with its samples interleaved; alpha declared unassociated is returned as stored. */
function wholeDirectory(
  directory: DirectoryValues,
  { page, colours, alphaAt }: WantedSamples,
): DirectoryValues {
  const whole = new Map(directory);
  if (page.photometric !== undefined && !whole.has(TAG.photometric))
    whole.set(TAG.photometric, [page.photometric]);
  if (colours.decodeAs !== undefined) whole.set(TAG.photometric, [colours.decodeAs]);
  if (isJpegInYcbcr(page)) whole.set(TAG.chromaSubsampling, page.chromaSubsampling);
  if (isNegative(page)) whole.set(TAG.photometric, [BLACK_IS_ZERO]);
  const extra = page.samplesPerPixel - colours.samples;
  if (extra > 0) whole.set(TAG.extraSamples, Array<number>(extra).fill(alphaAt ? 2 : 0));
  return whole;
}

/**
 * A picture with its tiles as strips, one below the other: ImageMagick multiplies the colours of
 * tiles by their alpha, but not those of strips, and libtiff warns about tiles with odd sides. JPEG
 * data are the same in both.
 */
function tilesAsStrips(directory: DirectoryValues, size: PixelSize, rows: number): DirectoryValues {
  const tall = new Map(directory);
  tall.set(TAG.width, [size.width]);
  tall.set(TAG.height, [size.height]);
  tall.set(TAG.rowsPerStrip, [rows]);
  for (const [tiles, strips] of [
    [TAG.tileOffsets, TAG.stripOffsets],
    [TAG.tileByteCounts, TAG.stripByteCounts],
  ] as const)
    tall.set(strips, directory.get(tiles) ?? directory.get(strips) ?? []);
  const gone = [TAG.tileWidth, TAG.tileLength, TAG.tileOffsets, TAG.tileByteCounts];
  for (const tag of gone) tall.delete(tag);
  return tall;
}

/** One plane as a grey picture; only the first plane of grey may be inverted (WhiteIsZero). */
function planeDirectory(
  directory: DirectoryValues,
  { page, colours }: WantedSamples,
  plane: number,
): DirectoryValues {
  const single = new Map(directory);
  const inverted = colours.colours === 'grey' && plane === 0 && page.photometric === 0;
  single.set(TAG.photometric, [inverted ? 0 : 1]);
  single.set(TAG.samplesPerPixel, [1]);
  single.set(TAG.planar, [1]);
  single.delete(TAG.extraSamples);
  for (const tag of [TAG.bitsPerSample, TAG.sampleFormat]) {
    const values = directory.get(tag);
    if (values) single.set(tag, [values[plane] ?? values[0] ?? 1]);
  }
  const lists = [TAG.stripOffsets, TAG.stripByteCounts, TAG.tileOffsets, TAG.tileByteCounts];
  for (const tag of lists) {
    const values = directory.get(tag);
    if (!values) continue;
    const each = Math.ceil(values.length / page.samplesPerPixel);
    single.set(tag, values.slice(plane * each, (plane + 1) * each));
  }
  return single;
}

/** A picture in ImageMagick's memory. */
interface ReadImage {
  readonly image: IMagickImage;
  readonly warned: boolean;
}

function readOne(
  magick: Magick,
  memory: PageInMemory,
  directory: DirectoryValues,
  { width, height }: PixelSize,
): ReadImage {
  const image = magick.MagickImage.create();
  try {
    let warned = false;
    let serious: string | undefined;
    image.onWarning = ({ error }) => {
      warned = true;
      serious ??= seriousWarning(error);
    };
    const settings = { format: magick.MagickFormat.Tiff, frameIndex: 0, frameCount: 1 };
    image.read(memory.as(directory), new magick.MagickReadSettings(settings));
    if (serious) throw new Error(serious);
    if (image.width !== width || image.height !== height)
      throw new Error(`The decoded picture has ${image.width} × ${image.height} pixels`);
    return { image, warned };
  } catch (error) {
    image.dispose();
    throw magickError(error);
  }
}

type PixelSize = Pick<TiffPage, 'width' | 'height'>;

function fromImages(images: readonly ReadImage[], letters: string, width: number): DecodedPage {
  return {
    warned: images.some(({ warned }) => warned),
    rows: (top, count) => {
      const parts = images.map(({ image }) => rowsOf(image, { top, count, width, letters }));
      return parts.length === 1 && parts[0] ? parts[0] : interleave(parts);
    },
    dispose: () => {
      for (const { image } of images) image.dispose();
    },
  };
}

/** The rows of a page whose tiles are one below the other. */
function fromTiles(
  { image, warned }: ReadImage,
  letters: string,
  { page, tile }: { readonly page: PixelSize; readonly tile: PixelSize },
): DecodedPage {
  const across = Math.ceil(page.width / tile.width);
  const step = letters.length;
  const rowBytes = page.width * step;
  const take = (row: number, column: number, count: number) => {
    const top = (Math.floor(row / tile.height) * across + column) * tile.height;
    return rowsOf(image, { top: top + (row % tile.height), count, width: tile.width, letters });
  };
  return {
    warned,
    rows: (top, count) => {
      const together = new Uint8Array(rowBytes * count);
      for (let row = top; row < top + count; ) {
        const rows = Math.min(tile.height - (row % tile.height), top + count - row);
        for (let column = 0; column < across; column++) {
          const part = take(row, column, rows);
          const left = column * tile.width * step;
          const bytes = Math.min(tile.width * step, rowBytes - left);
          for (let y = 0; y < rows; y++) {
            const from = y * tile.width * step;
            together.set(part.subarray(from, from + bytes), (row - top + y) * rowBytes + left);
          }
        }
        row += rows;
      }
      return together;
    },
    dispose: () => image.dispose(),
  };
}

interface DecodedBand {
  readonly top: number;
  readonly count: number;
  readonly width: number;
  readonly letters: string;
}

function rowsOf(image: IMagickImage, { top, count, width, letters }: DecodedBand): Uint8Array {
  try {
    const rows = image.getPixels((pixels) => pixels.toByteArray(0, top, width, count, letters));
    if (!rows) throw new Error('ImageMagick gave no pixels');
    return rows;
  } catch (error) {
    throw magickError(error);
  }
}

function interleave(planes: readonly Uint8Array[]): Uint8Array {
  const step = planes.length;
  const together = new Uint8Array(step * (planes[0]?.length ?? 0));
  planes.forEach((plane, i) => {
    for (let from = 0, to = i; from < plane.length; from++, to += step)
      together[to] = plane[from] ?? 0;
  });
  return together;
}
