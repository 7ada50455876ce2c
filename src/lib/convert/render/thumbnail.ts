import type { ConversionResults, SentRequest, ThumbnailRequest } from '../messages.ts';
import { type TiffReader, withJpegs } from './sharp-tiff.ts';

/** WebP quality, 1 to 100: enough to recognise a picture. */
const QUALITY = 70;

/**
 * Makes a small WebP of a JPEG in sRGB, upright. Runs in the conversion process. Throws what sharp
 * throws.
 */
export async function renderThumbnail(
  { paths, most: { width, height } }: SentRequest<ThumbnailRequest>,
  reader: TiffReader,
): Promise<ConversionResults['thumbnail']> {
  await withJpegs(reader, 'sRGB', (openJpeg) =>
    openJpeg(paths.input)
      .autoOrient()
      .resize(width, height, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: QUALITY })
      .toFile(paths.output),
  );
  return { notes: [] };
}
