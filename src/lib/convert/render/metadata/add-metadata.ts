import { messageOf } from '../../../errors.ts';
import { isFault } from '../../fault.ts';
import type { ConversionNote, JpegRequest } from '../../messages.ts';
import { collectDrops, type Drop } from './drop.ts';
import { type ExifDirectories, exifSegment } from './exif.ts';
import { exifFor, type JpegPicture, onlyOrientation, withMandatory } from './exif-for-jpeg.ts';
import { iccSegments } from './icc.ts';
import { iptcSegments } from './iptc.ts';
import { insertSegments } from './jpeg-segments.ts';
import { readMetadata, type TiffMetadata } from './read-metadata.ts';
import {
  isInvalidResolution,
  jfifOf,
  RESOLUTION_UNIT,
  reducedResolution,
  X_RESOLUTION,
  Y_RESOLUTION,
} from './resolution.ts';
import { xmpSegments } from './xmp.ts';

/** What is added to a JPEG, and its picture. */
export interface Addition extends JpegPicture {
  /** The profile to embed. */
  readonly profile: Buffer | undefined;
}

/**
 * Adds the TIFF page's metadata to the finished JPEG: the resolution always, EXIF, XMP, IPTC and
 * the profile by the settings, and the orientation if the picture was not turned. Without any of
 * these the JPEG is unchanged. Metadata that cannot be read or kept are dropped, with a note.
 * Throws what writing throws.
 */
export async function addMetadata(
  request: Pick<JpegRequest, 'paths' | 'encoder' | 'page' | 'format'>,
  addition: Addition,
): Promise<ConversionNote[]> {
  const { drop, sentence } = collectDrops();
  const described = await describing(request, addition, drop);
  const profile = addition.profile ? iccSegments(addition.profile) : [];
  const resolution = reducedResolution(request.page.resolution, addition.reduction);
  const jfif = jfifOf(resolution, addition.swapped) ?? [];
  await insertSegments(request.paths.output, [jfif, described, profile].flat());
  const message = sentence();
  return message === undefined ? [] : [{ code: 'METADATA_DROPPED', message }];
}

/** Bad metadata never cost the picture. */
async function describing(
  request: Parameters<typeof addMetadata>[0],
  picture: JpegPicture,
  drop: Drop,
): Promise<Buffer[]> {
  try {
    const segments = await segmentsOf(request, picture, drop);
    if (segments) return segments;
    drop('all of them', 'the directory of the page cannot be read');
  } catch (error) {
    const report = isFault(error) ? '; a fault of arke-tiff, report it' : '';
    drop('all of them', `${messageOf(error)}${report}`);
  }
  return onlyOrientation(picture, drop);
}

async function segmentsOf(
  { paths, encoder, page, format }: Parameters<typeof addMetadata>[0],
  picture: JpegPicture,
  drop: Drop,
): Promise<Buffer[] | undefined> {
  const { metadata: mode } = encoder;
  if (mode === 'none') return onlyOrientation(picture, drop);
  const { offset, above } = page;
  const metadata = await readMetadata(paths.input, { ...format, offset, above }, mode, drop);
  if (!metadata) return undefined;
  const { xmp } = metadata;
  const { littleEndian } = metadata.tags;
  const kept = (directories: ExifDirectories) => exifFor(picture, directories, littleEndian);
  const whole =
    mode === 'all'
      ? withMandatory(kept(withValidResolution(metadata, drop)), picture, littleEndian)
      : kept(metadata.directories);
  const exif = exifSegment(whole, littleEndian, drop);
  const orientation = picture.tagged ? picture.orientation : 1;
  // An XMP packet is otherwise left as it is.
  const { reduction } = picture;
  const resolution = reduction && reducedResolution(page.resolution, reduction);
  return [
    exif ?? [],
    xmp ? xmpSegments(xmp, { ...picture, orientation, resolution }, drop) : [],
    iptcSegments(metadata, mode, drop),
  ].flat();
}

/** A TIFF's EXIF without a resolution that is none. */
function withValidResolution(
  { tags, directories }: Pick<TiffMetadata, 'tags' | 'directories'>,
  drop: Drop,
): ExifDirectories {
  if (!isInvalidResolution(tags)) return directories;
  drop('the resolution', 'it is not above 0, or its unit is not defined');
  const parts = [X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT];
  return { ...directories, ifd0: directories.ifd0.filter(({ tag }) => !parts.includes(tag)) };
}
