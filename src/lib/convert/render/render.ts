import { stat } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import type { Effort, EncoderSettings } from '../encoder-settings.ts';
import { levelsOf } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import type { ConversionJob, ConversionNote, Rendered } from '../messages.ts';
import { type AlphaPlan, blendOver, isGrey, type Levels, planAlpha } from './alpha.ts';
import { areForgiven, forgivable, notesOnForgiven } from './forgiveness.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { type Source, sourceOf } from './source.ts';
import { openTurned, saveForTurning } from './turn-on-disk.ts';

const WHITE: Levels = [255, 255, 255];

/**
 * Makes the JPEG of a TIFF's page as the plan says: orientation applied, greyscale kept at one
 * channel, transparency laid on the background, everything else with exactly the pixels of
 * `sharp(tiff).jpeg({ quality: 95, mozjpeg: true })`. Runs in the conversion process. Throws what sharp
 * throws, and `ConversionError` when JPEG cannot hold the picture.
 */
export async function render(job: ConversionJob, reader: TiffReader): Promise<Rendered> {
  const source = await sourceOf(job);
  try {
    return await renderSource(job, source, reader);
  } catch (error) {
    const { page } = source;
    if (!page || !forgivable(error, page, (await stat(source.input)).size)) throw error;
    return forgive(page, await renderSource(job, { ...source, forgiving: true }, reader));
  }
}

/** What was made in spite of warnings, with these told once. Throws one that nobody may forgive. */
function forgive(page: TiffPage, rendered: Rendered): Rendered {
  const isWarning = ({ code }: ConversionNote) => code === 'DECODER_WARNING';
  const warnings = rendered.notes.filter(isWarning).map(({ message }) => message);
  if (!areForgiven(warnings, page)) throw new Error([...new Set(warnings)].join('\n'));
  const others = rendered.notes.filter((note) => !isWarning(note));
  return { ...rendered, notes: [...others, ...notesOnForgiven(warnings)] };
}

async function renderSource(
  job: ConversionJob,
  { input, page, notes: before, forgiving = false }: Source & { readonly forgiving?: boolean },
  reader: TiffReader,
): Promise<Rendered> {
  const options = { unlimited: page !== undefined, page: page?.index ?? 0, forgiving };
  const notes: ConversionNote[] = [...before];
  const metadata = await reader.openTiff(input, options).metadata();
  refuseOversize(metadata, job.name);
  const background = levelsOf(job.settings.background) ?? WHITE;
  const alpha = planAlpha(page, metadata, background);
  const flat = (turned: boolean) => {
    const picture = reader.openTiff(input, options);
    picture.on('warning', (message: string) => notes.push({ code: 'DECODER_WARNING', message }));
    if (turned) picture.autoOrient();
    return flatten(reader, picture, { metadata, alpha, background });
  };
  const orientation = metadata.orientation ?? 1;
  const { turn, effort } = job.plan;
  // Also where the header had it upright: the decoder's word counts for the picture.
  let picture = await flat(turn === 'memory' || turn === 'none');
  if (turn === 'disk') {
    const saved = await saveForTurning(picture, job.scratch);
    picture = openTurned(reader, job.scratch, orientation);
    if (saved.channels === 1) picture.extractChannel(0);
  }
  if (turn === 'tag') tagOrientation(picture, orientation, notes);
  const { width, height, channels } = await encode(picture, job.settings, effort).toFile(
    job.output,
  );
  notes.push(...notesOn(alpha));
  return { width, height, channels, bytes: (await stat(job.output)).size, notes };
}

/** How a picture's samples become colours. */
interface Flattening {
  readonly metadata: Metadata;
  readonly alpha: AlphaPlan;
  readonly background: Levels;
}

/** The pipeline, yielding one or three colour samples a pixel as the JPEG shall show them. */
async function flatten(
  reader: TiffReader,
  picture: Sharp,
  { metadata, alpha, background }: Flattening,
): Promise<Sharp> {
  const [r, g, b] = background;
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
  { metadata, background }: Pick<Flattening, 'metadata' | 'background'>,
): Promise<Sharp> {
  const [r, g, b] = background;
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const channels = isGrey(metadata) && r === g && g === b ? 1 : 3;
  const flat = await blendOver({ ...info, data }, alphaIndex, background, channels);
  const { width, height } = flat;
  const pixels = sharp(flat.data, { raw: { width, height, channels }, limitInputPixels: false });
  return channels === 1 ? pixels.extractChannel(0) : pixels;
}

/** Leaves the turning to whoever shows the JPEG. */
function tagOrientation(picture: Sharp, orientation: number, notes: ConversionNote[]): void {
  picture.withExif({ IFD0: { Orientation: String(orientation) } });
  notes.push({
    code: 'ORIENTATION_TAGGED',
    message: `The picture is too large to be turned here; its orientation (${orientation}) is kept as an EXIF tag`,
  });
}

/** The contract's encoder and its cheaper relatives (design: "Budget policy"). */
const ENCODERS = {
  max: { mozjpeg: true },
  balanced: { mozjpeg: true, optimiseScans: false },
  fast: { mozjpeg: false, progressive: false, optimiseCoding: false, quantisationTable: 3 },
} as const satisfies Record<Effort, object>;

function encode(
  picture: Sharp,
  { quality, chromaSubsampling }: EncoderSettings,
  effort: Effort,
): Sharp {
  return picture.jpeg({ quality, chromaSubsampling, ...ENCODERS[effort] });
}

function notesOn(alpha: AlphaPlan): ConversionNote[] {
  if (alpha.kind !== 'drop' || !alpha.lost) return [];
  const message = 'The TIFF has extra samples that are no transparency; they were left out';
  return [{ code: 'EXTRA_SAMPLES_DROPPED', message }];
}
