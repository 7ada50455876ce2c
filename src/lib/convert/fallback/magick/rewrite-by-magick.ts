import { missingValues } from '../../header/completeness.ts';
import { readTags } from '../../header/tiff-tags.ts';
import type { ConversionNote } from '../../messages.ts';
import { dropsExtras, EXTRAS_DROPPED } from '../../notes-on-samples.ts';
import { createPlainTiff, type PlainPicture } from '../plain-tiff.ts';
import type { RewriteRequest, Rewritten } from '../rewrite.ts';
import { coloursOf, labToRgba, spreadRange, widenLab, type YcbcrRange } from './colours.ts';
import { type DecodedPage, decode, type WantedSamples } from './decode.ts';
import { loadMagick, type Magick } from './load-magick.ts';
import { readPage } from './page-in-memory.ts';

/** ICC profile (ICC.1, annex B.4). */
const ICC_PROFILE = 34_675;
/** Rows are read and written in pieces of this size. */
const BAND_BYTES = 1 << 20;

/**
 * Rewrites a page as a plain TIFF of 8 bits per sample (16 for Lab), decoded by ImageMagick in
 * WebAssembly, which it loads; `load` can limit its memory. Blocks its thread and holds file and
 * picture in memory (`magickBytes`). Pixels stay as stored: the reader of the plain TIFF applies
 * orientation, profile and alpha.
 *
 * Throws an `Error` in libtiff's words if the page cannot be read or data are missing or damaged,
 * one about memory if there is not enough, and what reading and writing throw.
 */
export async function rewriteByMagick(
  request: RewriteRequest,
  load: () => Promise<Magick> = loadMagick,
): Promise<Rewritten> {
  const { input, output, page, format } = request;
  const { wanted, alpha } = planSamples(request);
  const profile = await readTags(input, page.offset, format, (tag) => tag === ICC_PROFILE);
  const missing = profile && missingValues(profile);
  if (missing) throw new Error(missing);
  const magick = await load();
  const { decoded, range, notes } = await decodePage(magick, request, wanted);
  try {
    const { lab } = wanted.colours;
    const colours = lab && alpha ? 'rgb' : wanted.colours.colours;
    const picture: PlainPicture = {
      width: page.width,
      height: page.height,
      colours,
      bits: colours === 'lab' ? 16 : 8,
      alpha,
      icc: lab ? undefined : profile?.tags.get(ICC_PROFILE)?.bytes,
      orientation: page.orientation,
    };
    await write(output, picture, decoded, (rows) => {
      if (lab) return alpha ? labToRgba(rows, lab) : widenLab(rows, lab);
      return range ? spreadRange(rows, range) : rows;
    });
    return {
      picture,
      notes: [...(dropsExtras(page, 'magick') ? [EXTRAS_DROPPED] : []), ...notes],
      warned: decoded.warned,
    };
  } finally {
    decoded.dispose();
  }
}

interface SamplePlan {
  readonly wanted: WantedSamples;
  /** ExtraSamples of the alpha. */
  readonly alpha: 1 | 2 | undefined;
}

/** Which samples are used; the first extra sample that is transparency is the alpha. */
function planSamples({ page }: RewriteRequest): SamplePlan {
  const colours = coloursOf(page);
  if (!colours)
    throw new Error(`PhotometricInterpretation ${page.photometric ?? 'missing'} is not supported`);
  const { extraSamples, samplesPerPixel, planar } = page;
  const extra = samplesPerPixel - colours.samples;
  if (extra < 0) throw new Error(`${samplesPerPixel} samples a pixel are too few for its colours`);
  if (planar && page.photometric === 6)
    throw new Error('YCbCr in separate planes is not supported');
  const index = extraSamples.slice(0, extra).findIndex((kind) => kind === 1 || kind === 2);
  if (!planar && extra > 1)
    throw new Error(`${extra} extra samples beside compressed colours are not supported`);
  return {
    wanted: { page, colours, alphaAt: index === -1 ? undefined : colours.samples + index },
    alpha: index === -1 ? undefined : extraSamples[index] === 1 ? 1 : 2,
  };
}

interface DecodedMemory {
  readonly decoded: DecodedPage;
  readonly range: YcbcrRange | undefined;
  readonly notes: readonly ConversionNote[];
}

/** The file's bytes are released once decoded, so nothing may hold them. */
async function decodePage(
  magick: Magick,
  request: RewriteRequest,
  wanted: WantedSamples,
): Promise<DecodedMemory> {
  const memory = await readPage(request);
  const { range, notes = [] } = memory;
  return { decoded: decode(magick, memory, wanted), range, notes };
}

async function write(
  output: string,
  picture: PlainPicture,
  decoded: DecodedPage,
  adapt: (rows: Uint8Array) => Uint8Array,
): Promise<void> {
  const { width, height } = picture;
  const step = Math.max(1, Math.floor(BAND_BYTES / (width * 4)));
  const plain = await createPlainTiff(output, picture);
  try {
    for (let top = 0; top < height; top += step)
      await plain.write(adapt(decoded.rows(top, Math.min(step, height - top))));
  } catch (error) {
    await plain.discard();
    throw error;
  }
  await plain.close();
}
