import type { Metadata, Sharp } from 'sharp';
import { levelsOf } from '../encoder-settings.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import type { ConversionJob, ConversionNote } from '../messages.ts';
import { dropsExtras, EXTRAS_DROPPED } from '../notes-on-samples.ts';
import type { Turn } from '../plan/memory-model.ts';
import { type AlphaPlan, blendOver, isGrey, type Levels, planAlpha } from './alpha.ts';
import { forgivable } from './forgiveness.ts';
import { type ProfilePlan, planProfile } from './metadata/icc.ts';
import { cameDamaged, readOddFax } from './odd-fax.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { type Source, sourceOf } from './source.ts';
import { openTurned, saveForTurning } from './turn-on-disk.ts';
import { applyWideColours, planWideColours } from './wide-colours.ts';

const WHITE: Levels = [255, 255, 255];

/**
 * The picture of a page as its JPEG shows it: a pipeline that lacks only an encoder. Whatever shows, compares or
 * converts a page begins here; `shown-pixels.ts` has what is shown.
 */
export interface FlatPicture {
  /** One or three colour samples a pixel. */
  readonly picture: Sharp;
  /** Of a sample where the pipeline ends; an encoder of 8 bits takes the upper half of 16. */
  readonly bits: 8 | 16;
  /** Samples that are not transparency leave the pipeline at its end, so a resize in it would weight colours by them. */
  readonly hasExtraSamples: boolean;
  /** What the TIFF says, 1 to 8, as the decoder understands it. */
  readonly orientation: number;
  readonly profile: ProfilePlan;
  /** What the decoders say; complete when the pipeline has come to its end. */
  readonly warnings: readonly ConversionNote[];
  /** What is not as it was in the TIFF. */
  readonly notes: readonly ConversionNote[];
}

/** A page that is to be read, in spite of warnings where it is forgiven. */
export interface FlatSource extends Source {
  readonly forgiving: boolean;
  /** Whether it is a fax in which all rows were found, be they damaged. */
  readonly allRows?: boolean | undefined;
}

/**
 * Reads a job's page to whatever end `read` has for it, once more in spite of warnings where nothing of the
 * picture is missing, and an odd fax by our own reader. Throws what `read` throws.
 */
export async function readForgivingly<T>(
  job: ConversionJob,
  read: (source: FlatSource) => Promise<T>,
): Promise<T> {
  const source = await sourceOf(job);
  const { page, fileBytes } = source;
  try {
    return await read({ ...source, forgiving: false }).catch((error: unknown) => {
      if (!page || !forgivable(error, page, fileBytes)) throw error;
      return read({ ...source, forgiving: true });
    });
  } catch (error) {
    const fax = await readOddFax(job, error, fileBytes);
    if (!fax) throw error;
    const ours = () => read({ ...fax, forgiving: false });
    // Lines that came damaged are shown as other readers show them; of a copy, ours lies in its place.
    const { notes } = fax;
    if (source.input !== job.input || !cameDamaged(error, { ...source, notes })) return ours();
    return read({ ...source, forgiving: true, allRows: true }).catch(ours);
  }
}

/**
 * Opens a page: orientation applied unless `turn` is `tag`, greyscale with one channel, transparency laid on the
 * background, colours in sRGB or in the profile that is kept. Runs in the conversion process. Throws what
 * sharp throws, and `ConversionError` when JPEG cannot hold the picture.
 */
export async function openFlat(
  job: Pick<ConversionJob, 'name' | 'settings' | 'scratch' | 'preview'>,
  { input, page, notes: before, forgiving }: FlatSource,
  turn: Turn,
  reader: TiffReader,
): Promise<FlatPicture> {
  const { index = 0, subIfd } = page ?? {};
  const options = { unlimited: page !== undefined, page: index, subIfd, forgiving };
  const warnings: ConversionNote[] = [...before];
  const metadata = await reader.openTiff(input, options).metadata();
  // A preview is smaller.
  if (!job.preview) refuseOversize(metadata, job.name);
  const background = levelsOf(job.settings.background) ?? WHITE;
  const alpha = planAlpha(page, metadata, background);
  const channels = channelsOf({ metadata, alpha, background });
  const profile = planProfile(job.settings.profile, { ...metadata, channels });
  const { scratch } = job;
  const wide = profile.kept
    ? undefined
    : await planWideColours(reader, { metadata, alpha, saved: turn === 'disk', scratch });
  const ignoreProfile = profile.kept !== undefined || (wide === 'exactly' && !isGrey(metadata));
  const source = reader.openTiff(input, { ...options, ignoreProfile });
  source.on('warning', (message: string) => warnings.push({ code: 'DECODER_WARNING', message }));
  // Also where the header had it upright: the decoder's word counts for the picture.
  if (turn === 'memory' || turn === 'none') source.autoOrient();
  await applyWideColours(source, wide, metadata, scratch);
  const flat = await flatten(reader, source, { metadata, alpha, background });
  const orientation = metadata.orientation ?? 1;
  const picture = turn === 'disk' ? await turnOnDisk(reader, flat, scratch, orientation) : flat;
  const hasExtraSamples = alpha.kind === 'drop';
  const isLost = hasExtraSamples && page !== undefined && dropsExtras(page, 'sharp');
  const notes = [...(isLost ? [EXTRAS_DROPPED] : []), ...profile.notes];
  const bits = wide === 'exactly' ? 16 : 8;
  return { picture, bits, hasExtraSamples, orientation, profile, warnings, notes };
}

async function turnOnDisk(
  reader: TiffReader,
  picture: Sharp,
  scratch: string,
  orientation: number,
): Promise<Sharp> {
  const { channels } = await saveForTurning(picture, scratch);
  const turned = openTurned(reader, scratch, orientation);
  return channels === 1 ? turned.extractChannel(0) : turned;
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
