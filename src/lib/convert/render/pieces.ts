import type { Sharp } from 'sharp';
import type { ConversionJob, Region, Rendered } from '../messages.ts';
import { openFlat, readForgivingly } from './flat-picture.ts';
import { type TiffReader, withJpegs } from './sharp-tiff.ts';
import { type Shown, shownPixels } from './shown-pixels.ts';
import { regionLying, turnOf } from './upright.ts';

/**
 * Cuts the same region out of a TIFF's page and out of its JPEG, and writes each as a lossless WebP in sRGB, upright:
 * the TIFF as the encoder gets it, and the JPEG's pixels. Only the piece is turned, so memory stays that
 * of reading the TIFF. Runs in the conversion process. Throws what sharp throws.
 */
export async function renderPieces(
  job: ConversionJob,
  { jpeg, after, region }: NonNullable<ConversionJob['pieces']>,
  reader: TiffReader,
): Promise<Rendered> {
  const { output, scratch } = job;
  const write = async (path: string, shown: Shown) => {
    const piece = { ...shown, picture: await cut(shown, region) };
    const pixels = await shownPixels(reader, piece, { scratch, profile: 'applied' });
    await pixels.webp({ lossless: true }).toFile(path);
  };
  const notes = await readForgivingly(job, async (source) => {
    const flat = await openFlat(job, source, 'tag', reader);
    await write(output, { ...flat, icc: flat.profile.kept });
    return flat.notes;
  });
  await withJpegs(reader, 'sRGB', async (openJpeg) => {
    const picture = openJpeg(jpeg);
    const { orientation = 1 } = await picture.metadata();
    await write(after, { picture, orientation, bits: 8 });
  });
  const { width, height } = region;
  return { width, height, channels: 3, bytes: 0, notes };
}

/** A region of the upright picture, where it lies before it is turned. */
async function cut({ picture, orientation }: Shown, region: Region): Promise<Sharp> {
  const { width = 0, height = 0 } = await picture.metadata();
  const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
  return picture.extract(regionLying(region, upright, turnOf(orientation)));
}
