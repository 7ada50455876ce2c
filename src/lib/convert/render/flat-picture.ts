import type { Metadata, Sharp } from 'sharp';
import { levelsOf } from '../encoder-settings.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import { type PictureSides, type Reduction, reducedSides, reductionOf } from '../max-size.ts';
import type { ConversionNote, PageRequest, RequestKind, SentRequest } from '../messages.ts';
import { dropsExtras, EXTRAS_DROPPED } from '../notes-on-samples.ts';
import type { Turn } from '../plan/memory-model.ts';
import { type AlphaPlan, blendOver, isGrey, type Levels, planAlpha } from './alpha.ts';
import { forgivable } from './forgiveness.ts';
import { type ProfilePlan, planProfile } from './metadata/icc.ts';
import { cameDamaged, readOddFax } from './odd-fax.ts';
import { savePixels } from './saved-picture.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { type RenderSource, sourceOf } from './source.ts';
import { openTurned, saveForTurning } from './turn-on-disk.ts';
import { turnOf, turnUpright } from './upright.ts';
import { applyWideColours, planWideColours } from './wide-colours.ts';

const WHITE: Levels = [255, 255, 255];

/**
 * A page's picture as its JPEG shows it: a pipeline that lacks only the encoder. Everything that
 * shows, compares or converts a page begins here; `shown-pixels.ts` has what is shown.
 */
export interface FlatPicture {
  /** One or three colour samples per pixel. */
  readonly picture: Sharp;
  /** Bits per sample at the pipeline's end; an 8-bit encoder takes the upper half of 16. */
  readonly bits: 8 | 16;
  /**
   * Samples that are not transparency leave the pipeline at its end, so a resize in it would weight
   * colours by them.
   */
  readonly hasExtraSamples: boolean;
  /** Pixels after the reduction, before the orientation is applied. */
  readonly size: PictureSides;
  /** How it is smaller than the TIFF, by the settings. */
  readonly reduction: Reduction | undefined;
  /** The TIFF's orientation, 1 to 8, as the decoder reads it. */
  readonly orientation: number;
  readonly profile: ProfilePlan;
  /** Warnings of the decoders; complete when the pipeline has ended. */
  readonly warnings: readonly ConversionNote[];
  /** What differs from the TIFF. */
  readonly notes: readonly ConversionNote[];
}

/** A page to read, despite warnings if it is forgiven. */
export interface FlatSource extends RenderSource {
  readonly forgiving: boolean;
  /** Whether it is a fax with all rows found, even if damaged. */
  readonly allRows?: boolean | undefined;
}

/**
 * Reads a request's page to whatever end `read` has for it, once more in spite of warnings where
 * nothing of the picture is missing, and an odd fax by our own reader. Throws what `read` throws.
 */
export async function readForgivingly<T>(
  request: SentRequest<PageRequest>,
  reader: TiffReader,
  read: (source: FlatSource) => Promise<T>,
): Promise<T> {
  const source = await sourceOf(request, reader);
  const { page, fileBytes } = source;
  try {
    return await read({ ...source, forgiving: false }).catch((error: unknown) => {
      if (!forgivable(error, page, fileBytes)) throw error;
      return read({ ...source, forgiving: true });
    });
  } catch (error) {
    const fax = await readOddFax(request, error, fileBytes, reader);
    if (!fax) throw error;
    const ours = () => read({ ...fax, forgiving: false });
    // Damaged lines are shown as by other readers. If the page is a copy, ours is in its place.
    const { notes } = fax;
    const { reader: chosen, copied: isCopied } = request.reading;
    if (chosen !== 'sharp' || isCopied || !cameDamaged(error, { ...source, notes })) return ours();
    return read({ ...source, forgiving: true, allRows: true }).catch(ours);
  }
}

/**
 * Opens a page: orientation applied unless `turn` is `tag`, greyscale with one channel,
 * transparency flattened onto the background, colours in sRGB or in the kept profile, reduced by
 * the settings except for a preview, which has a size of its own. Runs in the conversion process.
 * Throws what sharp throws, and `ConversionError` if JPEG cannot hold the picture.
 */
export async function openFlat(
  { kind, name, encoder, scratch }: SentRequest<PageRequest> & { readonly kind: RequestKind },
  { input, page, notes: before, forgiving }: FlatSource,
  turn: Turn,
  reader: TiffReader,
): Promise<FlatPicture> {
  const { index, subIfd } = page;
  const options = { unlimited: true, page: index, subIfd, forgiving };
  const warnings: ConversionNote[] = [...before];
  const metadata = await reader.openTiff(input, options).metadata();
  const maxSize = kind === 'preview' ? undefined : encoder.maxSize;
  const reduction = reductionOf(metadata, maxSize);
  // A preview is smaller.
  if (kind !== 'preview') refuseOversize(metadata, name, maxSize);
  const background = levelsOf(encoder.background) ?? WHITE;
  const alpha = planAlpha(page, metadata, background);
  const channels = channelsOf({ metadata, alpha, background });
  const profile = planProfile(encoder.profile, { ...metadata, channels });
  const wide = profile.kept
    ? undefined
    : await planWideColours(reader, {
        metadata,
        alpha,
        saved: turn === 'disk',
        pixel: scratch.pixel,
      });
  const ignoreProfile = profile.kept !== undefined || (wide === 'exactly' && !isGrey(metadata));
  const source = reader.openTiff(input, { ...options, ignoreProfile });
  source.on('warning', (message: string) => warnings.push({ code: 'DECODER_WARNING', message }));
  // Even if the header says it is upright: the decoder's word counts for the picture.
  const inPipeline = turn === 'memory' || turn === 'none';
  if (inPipeline && !reduction) source.autoOrient();
  await applyWideColours(source, wide, metadata, scratch.grey);
  const whole = await flatten(reader, source, { metadata, alpha, background });
  const orientation = metadata.orientation ?? 1;
  const size = reducedSides(metadata, maxSize);
  const isLost = alpha.kind === 'drop' && dropsExtras(page, 'sharp');
  const unweighted = reduction && isLost ? scratch.unweighted : undefined;
  const flat = reduction ? await reduce(reader, whole, size, unweighted) : whole;
  // What is reduced is turned afterwards: fewer pixels, and the same ones however it is turned.
  if (inPipeline && reduction) turnUpright(flat, turnOf(orientation));
  const picture =
    turn === 'disk' ? await turnOnDisk(reader, flat, scratch.saved, orientation) : flat;
  const hasExtraSamples = alpha.kind === 'drop';
  const notes = [...(isLost ? [EXTRAS_DROPPED] : []), ...profile.notes];
  const bits = wide === 'exactly' && unweighted === undefined ? 16 : 8;
  return { picture, bits, hasExtraSamples, size, reduction, orientation, profile, warnings, notes };
}

/**
 * The same picture with fewer pixels (Lanczos, in the encoding of its samples, as vipsthumbnail).
 * With a path, the pixels are first saved there without extra samples that would weight the
 * colours.
 */
async function reduce(
  reader: TiffReader,
  whole: Sharp,
  { width, height }: PictureSides,
  unweighted: string | undefined,
): Promise<Sharp> {
  const shrink = (picture: Sharp) => picture.resize(width, height, { fit: 'fill' });
  if (unweighted === undefined) return shrink(whole);
  const { channels } = await savePixels(whole, unweighted);
  const saved = shrink(reader.openTiff(unweighted, { unlimited: true }));
  return channels === 1 ? saved.extractChannel(0) : saved;
}

async function turnOnDisk(
  reader: TiffReader,
  picture: Sharp,
  path: string,
  orientation: number,
): Promise<Sharp> {
  const { channels } = await saveForTurning(picture, path);
  const turned = openTurned(reader, path, orientation);
  return channels === 1 ? turned.extractChannel(0) : turned;
}

/** How a picture's samples become colours. */
interface Flattening {
  readonly metadata: Metadata;
  readonly alpha: AlphaPlan;
  readonly background: Levels;
}

/** Samples per pixel of the JPEG: grey stays grey unless it is flattened onto a colour. */
function channelsOf({ metadata, alpha, background: [r, g, b] }: Flattening): 1 | 3 {
  return isGrey(metadata) && (alpha.kind !== 'blend' || (r === g && g === b)) ? 1 : 3;
}

/** The pipeline, yielding one or three colour samples per pixel as in the JPEG. */
async function flatten(reader: TiffReader, picture: Sharp, flattening: Flattening): Promise<Sharp> {
  const { metadata, alpha, background } = flattening;
  const [r, g, b] = background;
  if (alpha.kind === 'blend') return blend(reader, picture, alpha.index, flattening);
  if (alpha.kind === 'flatten') picture.flatten({ background: { r, g, b } });
  if (alpha.kind === 'drop') picture.removeAlpha();
  // Extracting a channel keeps the values; converting to a grey colour space would not.
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
