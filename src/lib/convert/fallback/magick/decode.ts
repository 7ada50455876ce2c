import type { IMagickImage } from '@imagemagick/magick-wasm';
import type { TiffPage } from '../../header/tiff-header.ts';
import type { PageColours } from './colours.ts';
import type { Directory } from './directory.ts';
import type { Magick } from './load-magick.ts';
import type { PageInMemory } from './page-in-memory.ts';
import { magickError, seriousWarning } from './words.ts';

/** The samples of a page that are wanted: its colours, and one more when it is transparency. */
export interface Wanted {
  readonly page: TiffPage;
  readonly colours: PageColours;
  /** Place of the alpha among the samples, behind the colours. */
  readonly alphaAt: number | undefined;
}

/** A decoded page, held in ImageMagick's memory. */
export interface DecodedPage {
  /** Samples of 8 bits, side by side: the colours, and the alpha behind them. */
  rows(top: number, count: number): Uint8Array;
  dispose(): void;
}

const TAG = {
  bitsPerSample: 258,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  stripByteCounts: 279,
  planar: 284,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
} as const;

/**
 * Decodes a page. One with separate planes is decoded plane by plane, each as a grey picture of its own:
 * ImageMagick and libtiff do not put all of them together. Throws in libtiff's words.
 */
export function decode(magick: Magick, memory: PageInMemory, wanted: Wanted): DecodedPage {
  const { page, colours, alphaAt } = wanted;
  if (!page.planar || page.samplesPerPixel === 1) {
    const letters = { grey: 'R', rgb: 'RGB', lab: 'RGB', cmyk: 'CMYK' }[colours.colours];
    const image = readOne(magick, memory, wholeDirectory(memory.directory, wanted), page);
    return fromImages([image], letters + (alphaAt === undefined ? '' : 'A'), page.width);
  }
  const planes = Array.from({ length: colours.samples }, (_, i) => i);
  if (alphaAt !== undefined) planes.push(alphaAt);
  const images: IMagickImage[] = [];
  try {
    for (const plane of planes)
      images.push(readOne(magick, memory, planeDirectory(memory.directory, wanted, plane), page));
  } catch (error) {
    for (const image of images) image.dispose();
    throw error;
  }
  return fromImages(images, 'R', page.width);
}

/** The page with its samples side by side; alpha comes out as it is stored if it is called unassociated. */
function wholeDirectory(directory: Directory, { page, colours, alphaAt }: Wanted): Directory {
  const whole = new Map(directory);
  if (colours.decodeAs !== undefined) whole.set(TAG.photometric, [colours.decodeAs]);
  const extra = page.samplesPerPixel - colours.samples;
  if (extra > 0) whole.set(TAG.extraSamples, Array<number>(extra).fill(alphaAt ? 2 : 0));
  return whole;
}

/** One plane as a grey picture; only the first of a grey one may be inverted (WhiteIsZero). */
function planeDirectory(directory: Directory, { page, colours }: Wanted, plane: number): Directory {
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

function readOne(
  magick: Magick,
  memory: PageInMemory,
  directory: Directory,
  { width, height }: TiffPage,
): IMagickImage {
  const image = magick.MagickImage.create();
  try {
    let serious: string | undefined;
    image.onWarning = ({ error }) => {
      serious ??= seriousWarning(error);
    };
    const settings = { format: magick.MagickFormat.Tiff, frameIndex: 0, frameCount: 1 };
    image.read(memory.as(directory), new magick.MagickReadSettings(settings));
    if (serious) throw new Error(serious);
    if (image.width !== width || image.height !== height)
      throw new Error(`The decoded picture has ${image.width} × ${image.height} pixels`);
    return image;
  } catch (error) {
    image.dispose();
    throw magickError(error);
  }
}

function fromImages(images: readonly IMagickImage[], letters: string, width: number): DecodedPage {
  return {
    rows: (top, count) => {
      const parts = images.map((image) => rowsOf(image, { top, count, width, letters }));
      return parts.length === 1 && parts[0] ? parts[0] : interleave(parts);
    },
    dispose: () => {
      for (const image of images) image.dispose();
    },
  };
}

interface Band {
  readonly top: number;
  readonly count: number;
  readonly width: number;
  readonly letters: string;
}

function rowsOf(image: IMagickImage, { top, count, width, letters }: Band): Uint8Array {
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
