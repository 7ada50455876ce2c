import type { Sharp } from 'sharp';
import type { ConversionJob, Rendered } from '../messages.ts';
import { type FlatPicture, openFlat, readForgivingly } from './flat-picture.ts';
import { savePixels } from './saved-picture.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { shownPixels } from './shown-pixels.ts';

/**
 * Makes a PNG of a TIFF's page, upright, of at most so many pixels: what the JPEG shows before it is encoded. A larger
 * picture is reduced while it is read. Colours are sRGB, or those of the profile that the settings keep, which is
 * then in the PNG. Runs in the conversion process. Throws what sharp throws.
 */
export async function renderPreview(
  job: ConversionJob,
  most: NonNullable<ConversionJob['preview']>,
  reader: TiffReader,
): Promise<Rendered> {
  const { output, scratch } = job;
  return readForgivingly(job, async (source) => {
    const flat = await openFlat(job, source, 'tag', reader);
    const small = { ...(await reduced(reader, flat, most, scratch)), icc: flat.profile.kept };
    const pixels = await shownPixels(reader, small, { scratch, profile: 'attached' });
    const { width, height, channels, size: bytes } = await pixels.png().toFile(output);
    return { width, height, channels, bytes, notes: flat.notes };
  });
}

async function reduced(
  reader: TiffReader,
  { picture: whole, bits, hasExtraSamples, orientation }: FlatPicture,
  { width, height }: NonNullable<ConversionJob['preview']>,
  scratch: string,
): Promise<Pick<FlatPicture, 'picture' | 'bits' | 'orientation'>> {
  const lying = orientation >= 5;
  const shrink = (picture: Sharp) =>
    picture.resize(lying ? height : width, lying ? width : height, {
      fit: 'inside',
      withoutEnlargement: true,
    });
  if (!hasExtraSamples) return { picture: shrink(whole), bits, orientation };
  const { channels } = await savePixels(whole, scratch);
  const saved = shrink(reader.openTiff(scratch, { unlimited: true }));
  return { picture: channels === 1 ? saved.extractChannel(0) : saved, bits: 8, orientation };
}
