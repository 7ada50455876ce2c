import type { Sharp } from 'sharp';
import type { PictureSides } from '../max-size.ts';
import type { ConversionResults, PreviewRequest, SentRequest } from '../messages.ts';
import { type FlatPicture, openFlat, readForgivingly } from './flat-picture.ts';
import { savePixels } from './saved-picture.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { shownPixels } from './shown-pixels.ts';

/**
 * Makes a PNG of a TIFF's page, upright and limited in pixels: what the JPEG shows, before
 * encoding. A larger picture is reduced while it is read. Colours are sRGB, or those of the kept
 * profile, which is then in the PNG. Runs in the conversion process. Throws what sharp throws.
 */
export async function renderPreview(
  request: SentRequest<PreviewRequest>,
  reader: TiffReader,
): Promise<ConversionResults['preview']> {
  const { paths, scratch, encoder } = request;
  const { maxSize = Number.POSITIVE_INFINITY } = encoder;
  const most = {
    width: Math.min(request.most.width, maxSize),
    height: Math.min(request.most.height, maxSize),
  };
  return readForgivingly(request, reader, async (source) => {
    const flat = await openFlat(request, source, 'tag', reader);
    const small = { ...(await reduced(reader, flat, most, scratch.saved)), icc: flat.profile.kept };
    const showing = { path: scratch.profiled, profile: 'attached' } as const;
    const pixels = await shownPixels(reader, small, showing);
    await pixels.png().toFile(paths.output);
    return { notes: flat.notes };
  });
}

async function reduced(
  reader: TiffReader,
  { picture: whole, bits, hasExtraSamples, orientation }: FlatPicture,
  { width, height }: PictureSides,
  path: string,
): Promise<Pick<FlatPicture, 'picture' | 'bits' | 'orientation'>> {
  const lying = orientation >= 5;
  const shrink = (picture: Sharp) =>
    picture.resize(lying ? height : width, lying ? width : height, {
      fit: 'inside',
      withoutEnlargement: true,
    });
  if (!hasExtraSamples) return { picture: shrink(whole), bits, orientation };
  const { channels } = await savePixels(whole, path);
  const saved = shrink(reader.openTiff(path, { unlimited: true }));
  return { picture: channels === 1 ? saved.extractChannel(0) : saved, bits: 8, orientation };
}
