import { messageOf } from '../../../errors.ts';
import { isFault } from '../../fault.ts';
import type { ConversionJob, ConversionNote } from '../../messages.ts';
import { collectDrops, type Drop } from './drop.ts';
import { exifSegment } from './exif.ts';
import { exifFor, type JpegPicture, onlyOrientation, withMandatory } from './exif-for-jpeg.ts';
import { iccSegments } from './icc.ts';
import { iptcSegments } from './iptc.ts';
import { insertSegments } from './jpeg-segments.ts';
import { readMetadata } from './read-metadata.ts';
import { jfifOf } from './resolution.ts';
import { xmpSegments } from './xmp.ts';

/** What is to be added to a JPEG, and what its picture is. */
export interface Addition extends JpegPicture {
  /** The profile to be embedded. */
  readonly profile: Buffer | undefined;
}

/**
 * Puts into the finished JPEG what is kept of the TIFF's page: the resolution in any case, EXIF, XMP, IPTC and the
 * profile as the settings ask for it, and the orientation where the picture was not turned. Without any of that the
 * JPEG stays as it is. Metadata that cannot be read or kept are left out, with a note. Throws what writing throws.
 */
export async function addMetadata(
  job: Pick<ConversionJob, 'input' | 'output' | 'settings' | 'page' | 'format'>,
  addition: Addition,
): Promise<ConversionNote[]> {
  const { drop, sentence } = collectDrops();
  const described = await describing(job, addition, drop);
  const profile = addition.profile ? iccSegments(addition.profile) : [];
  const jfif = jfifOf(job.page?.resolution, addition.swapped) ?? [];
  await insertSegments(job.output, [jfif, described, profile].flat());
  const message = sentence();
  return message === undefined ? [] : [{ code: 'METADATA_DROPPED', message }];
}

/** Whatever is wrong with metadata, the picture is worth more than they are. */
async function describing(
  job: Parameters<typeof addMetadata>[0],
  picture: JpegPicture,
  drop: Drop,
): Promise<Buffer[]> {
  try {
    const segments = await segmentsOf(job, picture, drop);
    if (segments) return segments;
    drop('all of them', 'the directory of the page cannot be read');
  } catch (error) {
    const report = isFault(error) ? '; a fault of arke-tiff, report it' : '';
    drop('all of them', `${messageOf(error)}${report}`);
  }
  return onlyOrientation(picture, drop);
}

async function segmentsOf(
  { input, settings, page, format }: Parameters<typeof addMetadata>[0],
  picture: JpegPicture,
  drop: Drop,
): Promise<Buffer[] | undefined> {
  const { metadata: mode } = settings;
  if (mode === 'none') return onlyOrientation(picture, drop);
  if (!page || !format) return undefined;
  const { offset, above } = page;
  const metadata = await readMetadata(input, { ...format, offset, above }, mode, drop);
  if (!metadata) return undefined;
  const { tags, directories, xmp } = metadata;
  const { littleEndian } = tags;
  const kept = exifFor(picture, directories, littleEndian);
  const whole = mode === 'all' ? withMandatory(kept, picture, littleEndian) : kept;
  const exif = exifSegment(whole, littleEndian, drop);
  const orientation = picture.tagged ? picture.orientation : 1;
  return [
    exif ?? [],
    xmp ? xmpSegments(xmp, { ...picture, orientation }, drop) : [],
    iptcSegments(metadata, mode, drop),
  ].flat();
}
