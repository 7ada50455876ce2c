import type { Sharp } from 'sharp';
import type { ConversionJob, Region, Rendered } from '../messages.ts';
import { openFlat, readForgivingly } from './flat-picture.ts';
import { type TiffReader, withJpegs } from './sharp-tiff.ts';
import { regionLying, turnOf, turnUpright } from './upright.ts';

/**
 * Cuts the same place out of a TIFF's page and out of its JPEG, upright, and writes each as a WebP without
 * any loss: the TIFF as it is given to the encoder, and the JPEG's own pixels, whatever profile it has. What is
 * turned is the piece: it takes no more memory than the TIFF's own reading. Runs in the conversion
 * process. Throws what sharp throws.
 */
export async function renderPieces(
  job: ConversionJob,
  { jpeg, after, region }: NonNullable<ConversionJob['pieces']>,
  reader: TiffReader,
): Promise<Rendered> {
  const notes = await readForgivingly(job, async (source) => {
    const flat = await openFlat(job, source, 'tag', reader);
    await writePiece(reader, job.output, { ...flat, region });
    return flat.notes;
  });
  await withJpegs(reader, async (openJpeg) => {
    const picture = openJpeg(jpeg);
    const { orientation = 1 } = await picture.metadata();
    await writePiece(reader, after, { picture, orientation, region });
  });
  const { width, height } = region;
  return { width, height, channels: 3, bytes: 0, notes };
}

/** A picture that lies as its orientation says, and the region of it that is wanted, as it is seen. */
interface Cutting {
  readonly picture: Sharp;
  readonly orientation: number;
  readonly region: Region;
}

async function writePiece(
  { sharp }: TiffReader,
  path: string,
  { picture, orientation, region }: Cutting,
): Promise<void> {
  const turn = turnOf(orientation);
  const { width = 0, height = 0 } = await picture.metadata();
  const lies = orientation >= 5;
  const upright = lies ? { width: height, height: width } : { width, height };
  const { data, info } = await picture
    .extract(regionLying(region, upright, turn))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const piece = sharp(data, { raw: info });
  await turnUpright(piece, turn).webp({ lossless: true }).toFile(path);
}
