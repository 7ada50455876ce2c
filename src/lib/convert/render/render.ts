import { stat } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import type { Effort, EncoderSettings } from '../encoder-settings.ts';
import { levelsOf } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import type { ConversionJob, ConversionNote, Rendered } from '../messages.ts';
import { type AlphaPlan, blendOver, isGrey, type Levels, planAlpha } from './alpha.ts';
import { areForgiven, forgivable, notesOnForgiven } from './forgiveness.ts';
import { addMetadata } from './metadata/add-metadata.ts';
import { planProfile } from './metadata/icc.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { type Source, sourceOf } from './source.ts';
import { openTurned, saveForTurning } from './turn-on-disk.ts';
import { applyWideColours, planWideColours } from './wide-colours.ts';

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
  const channels = channelsOf({ metadata, alpha, background });
  const profile = planProfile(job.settings.profile, { ...metadata, channels });
  const { turn, effort } = job.plan;
  const { scratch } = job;
  const wide = profile.kept
    ? undefined
    : await planWideColours(reader, { metadata, alpha, saved: turn === 'disk', scratch });
  const ignoreProfile = profile.kept !== undefined || (wide === 'exactly' && !isGrey(metadata));
  const flat = async (turned: boolean) => {
    const picture = reader.openTiff(input, { ...options, ignoreProfile });
    picture.on('warning', (message: string) => notes.push({ code: 'DECODER_WARNING', message }));
    if (turned) picture.autoOrient();
    await applyWideColours(picture, wide, metadata, scratch);
    return flatten(reader, picture, { metadata, alpha, background });
  };
  const orientation = metadata.orientation ?? 1;
  // Also where the header had it upright: the decoder's word counts for the picture.
  let picture = await flat(turn === 'memory' || turn === 'none');
  if (turn === 'disk') {
    const saved = await saveForTurning(picture, scratch);
    picture = openTurned(reader, scratch, orientation);
    if (saved.channels === 1) picture.extractChannel(0);
  }
  const tagged = turn === 'tag';
  if (tagged) notes.push(orientationTagged(orientation));
  const made = await encode(picture, job.settings, effort).toFile(job.output);
  const { width, height } = made;
  const { converted } = profile;
  const swapped = !tagged && orientation >= 5;
  const seen = { width, height, orientation, tagged, swapped, converted };
  const lost = await addMetadata(job, { ...seen, profile: profile.kept });
  notes.push(...notesOn(alpha), ...profile.notes, ...lost);
  const { size } = await stat(job.output);
  return { width, height, channels: made.channels, bytes: size, notes };
}

/** How a picture's samples become colours. */
interface Flattening {
  readonly metadata: Metadata;
  readonly alpha: AlphaPlan;
  readonly background: Levels;
}

/** Samples a pixel of the JPEG: grey stays grey, unless it is laid on a colour. */
function channelsOf({ metadata, alpha, background: [r, g, b] }: Flattening): 1 | 3 {
  return isGrey(metadata) && (alpha.kind !== 'blend' || (r === g && g === b)) ? 1 : 3;
}

/** The pipeline, yielding one or three colour samples a pixel as the JPEG shall show them. */
async function flatten(reader: TiffReader, picture: Sharp, flattening: Flattening): Promise<Sharp> {
  const { metadata, alpha, background } = flattening;
  const [r, g, b] = background;
  if (alpha.kind === 'blend') return blend(reader, picture, alpha.index, flattening);
  if (alpha.kind === 'flatten') picture.flatten({ background: { r, g, b } });
  if (alpha.kind === 'drop') picture.removeAlpha();
  // Taking a channel leaves the values alone; a conversion to a grey colour space would not.
  return isGrey(metadata) ? picture.extractChannel(0) : picture;
}

async function blend(
  { sharp }: TiffReader,
  picture: Sharp,
  alphaIndex: number,
  flattening: Flattening,
): Promise<Sharp> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const channels = channelsOf(flattening);
  const flat = await blendOver({ ...info, data }, alphaIndex, flattening.background, channels);
  const { width, height } = flat;
  const pixels = sharp(flat.data, { raw: { width, height, channels }, limitInputPixels: false });
  return channels === 1 ? pixels.extractChannel(0) : pixels;
}

function orientationTagged(orientation: number): ConversionNote {
  return {
    code: 'ORIENTATION_TAGGED',
    message: `The picture is too large to be turned here; its orientation (${orientation}) is kept as an EXIF tag`,
  };
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
