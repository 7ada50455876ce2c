import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Metadata, Sharp } from 'sharp';
import { ConversionError, messageOf } from '../errors.ts';
import { type AlphaPlan, blendOver, isGrey, type Levels, planAlpha } from './alpha.ts';
import { defaultEncoderSettings, type EncoderSettings, levelsOf } from './encoder-settings.ts';
import { refuseOtherFormats } from './file-kind.ts';
import { loadTiffReader, type TiffReader } from './sharp-tiff.ts';
import { readTiffHeader } from './tiff-header.ts';

/** Something about a conversion that its reader should know. */
export interface ConversionNote {
  readonly code: 'PAGES_NOT_CONVERTED' | 'EXTRA_SAMPLES_DROPPED' | 'DECODER_WARNING';
  readonly message: string;
}

/** What became of a TIFF. */
export interface Conversion {
  /** Pixels, after the orientation was applied. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  /** Size of the JPEG in bytes. */
  readonly bytes: number;
  readonly notes: readonly ConversionNote[];
}

/** What `convertTiff` can be told besides the paths. */
export interface ConvertOptions extends Partial<EncoderSettings> {
  /** How the TIFF is called in messages; default: its file name. */
  readonly name?: string;
}

const WHITE: Levels = [255, 255, 255];

/** The longest side a JPEG can have, in pixels: its frame header counts with 16 bits (ITU-T T.81, B.2.2). */
const MAX_JPEG_SIDE = 65_535;

/**
 * Converts the first page of a TIFF file to a JPEG file: orientation applied, greyscale kept at one
 * channel, transparency laid on the background, everything else with exactly the pixels of
 * `sharp(tiff).jpeg({ quality: 95, mozjpeg: true })`. `output` is written in place: give a path that
 * nobody reads yet.
 *
 * Until conversions have a process of their own, the first call blocks all loaders of sharp but TIFF's
 * in this process.
 *
 * Throws `ConversionError`, carrying the decoder's message where the TIFF is damaged, and `FileError`.
 */
export async function convertTiff(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const { name = basename(input), ...encoder } = options;
  const settings = { ...defaultEncoderSettings, ...encoder };
  await refuseOtherFormats(input, name);
  const reader = await loadTiffReader();
  const notes: ConversionNote[] = [];
  try {
    const metadata = await reader.openTiff(input).metadata();
    refuseOversize(metadata, name);
    const background = levelsOf(settings.background) ?? WHITE;
    const header = await readTiffHeader(input);
    const alpha = planAlpha(header?.pages[0], metadata, background);
    const picture = await prepare(reader, input, { metadata, alpha, background });
    picture.on('warning', (message: string) => notes.push({ code: 'DECODER_WARNING', message }));
    const { width, height, channels } = await encode(picture, settings).toFile(output);
    notes.push(...notesOn(metadata, alpha));
    return { width, height, channels, bytes: (await stat(output)).size, notes };
  } catch (error) {
    throw error instanceof ConversionError ? error : unreadable(error, input, name);
  }
}

/** How a picture is to be read. */
interface Preparation {
  readonly metadata: Metadata;
  readonly alpha: AlphaPlan;
  readonly background: Levels;
}

/** A pipeline that yields the picture's pixels as the JPEG shall show them. */
async function prepare(
  reader: TiffReader,
  input: string,
  { metadata, alpha, background }: Preparation,
): Promise<Sharp> {
  const [r, g, b] = background;
  const picture = reader.openTiff(input).autoOrient();
  if (alpha.kind === 'blend') return blend(reader, picture, alpha.index, { metadata, background });
  if (alpha.kind === 'flatten') picture.flatten({ background: { r, g, b } });
  if (alpha.kind === 'drop') picture.removeAlpha();
  // Taking a channel leaves the values alone; a conversion to a grey colour space would not.
  return isGrey(metadata) ? picture.extractChannel(0) : picture;
}

async function blend(
  { sharp }: TiffReader,
  picture: Sharp,
  alphaIndex: number,
  { metadata, background }: Pick<Preparation, 'metadata' | 'background'>,
): Promise<Sharp> {
  const [r, g, b] = background;
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const channels = isGrey(metadata) && r === g && g === b ? 1 : 3;
  const { width, height, ...flat } = blendOver({ ...info, data }, alphaIndex, background, channels);
  const pixels = sharp(flat.data, { raw: { width, height, channels } });
  return channels === 1 ? pixels.extractChannel(0) : pixels;
}

function encode(picture: Sharp, { quality, chromaSubsampling }: EncoderSettings): Sharp {
  return picture.jpeg({ quality, chromaSubsampling, mozjpeg: true });
}

function refuseOversize({ width, height }: Metadata, name: string): void {
  if (width <= MAX_JPEG_SIDE && height <= MAX_JPEG_SIDE) return;
  throw new ConversionError(
    'TOO_LARGE_FOR_JPEG',
    `"${name}" has ${width} × ${height} pixels, and a JPEG can have at most ${MAX_JPEG_SIDE} a side. ` +
      'Split or scale the TIFF.',
  );
}

function notesOn(metadata: Metadata, alpha: AlphaPlan): ConversionNote[] {
  const notes: ConversionNote[] = [];
  const further = (metadata.pages ?? 1) - 1;
  if (further > 0)
    notes.push({
      code: 'PAGES_NOT_CONVERTED',
      message: `Only page 1 was converted; ${further} further ${further === 1 ? 'page was' : 'pages were'} not`,
    });
  if (alpha.kind === 'drop' && alpha.lost)
    notes.push({
      code: 'EXTRA_SAMPLES_DROPPED',
      message: 'The TIFF has extra samples that are no transparency; they were left out',
    });
  return notes;
}

/** Sharp's own message, as one line, each of libvips' lines once, with the TIFF's name for its path. */
function unreadable(error: unknown, input: string, name: string): ConversionError {
  const lines = messageOf(error).replaceAll(input, name).split('\n');
  const message = [...new Set(lines.map((line) => line.trim()).filter(Boolean))].join('; ');
  return new ConversionError(
    'UNREADABLE_TIFF',
    `${message}. "${name}" is damaged, or a kind of TIFF that is not supported; open it elsewhere to see which.`,
    { cause: error },
  );
}
