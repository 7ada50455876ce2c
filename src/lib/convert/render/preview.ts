import { levelsOf } from '../encoder-settings.ts';
import type { ConversionJob, Rendered } from '../messages.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { sourceOf } from './source.ts';
import { openTurned, saveForTurning } from './turn-on-disk.ts';

/**
 * Makes a small PNG of a TIFF's page, upright, for people to recognise it: not for anything that lasts. It is
 * made smaller while it is read, and turned after that. Runs in the conversion process. Throws what
 * sharp throws.
 */
export async function renderPreview(
  job: ConversionJob,
  most: NonNullable<ConversionJob['preview']>,
  reader: TiffReader,
): Promise<Rendered> {
  const { input, page } = await sourceOf(job);
  const { output, scratch, settings } = job;
  const options = { unlimited: page !== undefined, page: page?.index ?? 0 };
  const { orientation = 1 } = await reader.openTiff(input, options).metadata();
  const [r = 255, g = 255, b = 255] = levelsOf(settings.background) ?? [];
  const { width, height } = most;
  const lying = orientation >= 5;
  const small = reader
    .openTiff(input, options)
    .resize(lying ? height : width, lying ? width : height, {
      fit: 'inside',
      withoutEnlargement: true,
    })
    .flatten({ background: { r, g, b } });
  await saveForTurning(small, scratch);
  const made = await openTurned(reader, scratch, orientation).png().toFile(output);
  const { channels, size: bytes } = made;
  return { width: made.width, height: made.height, channels, bytes, notes: [] };
}
