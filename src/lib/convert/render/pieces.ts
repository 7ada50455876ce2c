import type { Sharp } from 'sharp';
import type { PictureSides } from '../max-size.ts';
import type { ConversionResults, PiecesRequest, Region, SentRequest } from '../messages.ts';
import { type FlatPicture, openFlat, readForgivingly } from './flat-picture.ts';
import { type TiffReader, withJpegs } from './sharp-tiff.ts';
import { type ShownPicture, shownPixels } from './shown-pixels.ts';
import { regionLying, turnOf } from './upright.ts';

/**
 * WebP's settings. Of a lossless picture, quality also determines the effort only: with the default
 * of both, a piece of a photograph takes 37 ms instead of 6, for 7 % fewer bytes
 * (docs/performance.md).
 */
const LOSSLESS = { lossless: true, effort: 1, quality: 20 } as const;

/**
 * Cuts the same region out of a TIFF's page and its JPEG, and writes each as a lossless WebP in
 * sRGB, upright: the pixels given to the encoder, and the JPEG's. Only the piece is turned, so
 * memory stays that of reading the TIFF. Runs in the conversion process. Throws what sharp throws.
 */
export async function renderPieces(
  request: SentRequest<PiecesRequest>,
  reader: TiffReader,
): Promise<ConversionResults['pieces']> {
  const { paths, scratch, region } = request;
  const write = async (path: string, shown: ShownPicture & { readonly size: PictureSides }) => {
    const piece = { ...shown, picture: cut(shown, region) };
    const showing = { path: scratch.profiled, profile: 'applied' } as const;
    const pixels = await shownPixels(reader, piece, showing);
    await pixels.webp(LOSSLESS).toFile(path);
  };
  const notes = await readForgivingly(request, reader, async (source) => {
    const flat = await openFlat(request, source, 'tag', reader);
    await write(paths.before, { ...flat, icc: flat.profile.kept });
    return flat.notes;
  });
  await withJpegs(reader, 'sRGB', async (openJpeg) => {
    const picture = openJpeg(paths.jpeg);
    const { orientation = 1, ...size } = await picture.metadata();
    await write(paths.after, { picture, orientation, bits: 8, size });
  });
  return { notes };
}

/** A region of the upright picture, before it is turned. */
function cut(
  { picture, orientation, size }: Pick<FlatPicture, 'picture' | 'orientation' | 'size'>,
  region: Region,
): Sharp {
  const { width, height } = size;
  const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
  return picture.extract(regionLying(region, upright, turnOf(orientation)));
}
