import type { ConversionJob, Rendered } from '../messages.ts';
import { type TiffReader, withJpegs } from './sharp-tiff.ts';

/** Of WebP, 1 to 100: good enough to recognise a picture. */
const QUALITY = 70;

/**
 * Makes a small WebP of a JPEG in sRGB, upright, for people to recognise it. Runs in the conversion process. Throws
 * what sharp throws.
 */
export async function renderThumbnail(
  { output }: ConversionJob,
  { jpeg, width, height }: NonNullable<ConversionJob['thumbnail']>,
  reader: TiffReader,
): Promise<Rendered> {
  const made = await withJpegs(reader, 'sRGB', (openJpeg) =>
    openJpeg(jpeg)
      .autoOrient()
      .resize(width, height, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: QUALITY })
      .toFile(output),
  );
  return { ...made, bytes: made.size, notes: [] };
}
