import type { Metadata, OutputInfo, Sharp } from 'sharp';
import { inParentheses } from '../../errors.ts';
import type { Effort } from '../encoder-settings.ts';
import type { ComparisonRequest, ConversionResults, SentRequest } from '../messages.ts';
import { isSrgbProfile } from '../srgb-profile.ts';
import { conclude } from '../verify/conclusion.ts';
import { shortfalls, unlike } from '../verify/judge.ts';
import type { AreaSums } from '../verify/similarity.ts';
import { compareSaved } from './compare-saved.ts';
import { explainFailure, wordsOf } from './failure.ts';
import { type FlatPicture, openFlat, readForgivingly } from './flat-picture.ts';
import { lookAgain } from './look-again.ts';
import { writeOwnOutput } from './own-output.ts';
import { encode } from './render.ts';
import { savePixels } from './saved-picture.ts';
import { type TiffReader, withJpegs } from './sharp-tiff.ts';

/** The saved page of the TIFF, and how it was read. */
interface SavedPage extends Pick<FlatPicture, 'orientation' | 'profile'> {
  readonly saved: OutputInfo;
}

/**
 * Compares a JPEG with the page that it was made from: saves the pixels that enter an encoder, and
 * those of the decoded JPEG. Another JPEG of the same pixels sets the expectation: a plain one,
 * which is cheap, and only if the JPEG falls short of it, one of its own kind. Runs in the
 * conversion process. Throws `ConversionError` (`UNLIKE`) if the JPEG cannot be decoded or is
 * another kind of picture, and sharp's errors about the TIFF.
 */
export async function renderComparison(
  request: SentRequest<ComparisonRequest>,
  reader: TiffReader,
): Promise<ConversionResults['comparison']> {
  const { paths, scratch, bounds } = request;
  const ofJpeg = <T>(read: (picture: Sharp) => Promise<T>) =>
    aboutJpeg(request, () =>
      withJpegs(reader, 'as stored', (openJpeg) => read(openJpeg(paths.jpeg))),
    );
  const metadata = await ofJpeg((picture) => picture.metadata());
  const orientation = orientationOf(metadata);
  // As stored: a JPEG with the TIFF's orientation tag was not turned.
  const turn = orientation === 1 ? request.turn : 'tag';
  const page = await readForgivingly(request, reader, async (source) => {
    const flat = await openFlat(request, source, turn, reader);
    const saved = await savePixels(flat.picture, scratch.page);
    return { orientation: flat.orientation, profile: flat.profile, saved };
  });
  refuseOtherKind(metadata, page, request);
  await ofJpeg((picture) => savePixels(plainly(picture, metadata.channels), scratch.decoded));
  const own = await compareSaved(scratch.page, scratch.decoded);
  const { width, height, channels } = metadata;
  const size = { width, height, channels };
  const against = async (effort: Effort) =>
    conclude(own, await expectation(request, { effort, channels }, reader), size, orientation);
  let comparison = await against('fast');
  // `balanced` has all pixels of `max` too; a baseline JPEG is itself a plain one.
  if (metadata.isProgressive && shortfalls(comparison, bounds).length > 0)
    comparison = await against('balanced');
  return { notes: [], comparison };
}

/** 1 to 8; viewers treat anything else as upright. */
function orientationOf({ orientation = 1 }: Metadata): number {
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/** How close a JPEG made with an effort is to the page. */
async function expectation(
  { encoder, scratch }: SentRequest<ComparisonRequest>,
  { effort, channels }: { readonly effort: Effort; readonly channels: number },
  reader: TiffReader,
): Promise<AreaSums> {
  const page = plainly(reader.openTiff(scratch.page, { unlimited: true }), channels);
  const encoded = encode(page, encoder, effort);
  await writeOwnOutput(scratch.expected, (path) => encoded.toFile(path));
  await withJpegs(reader, 'as stored', (openJpeg) =>
    savePixels(plainly(openJpeg(scratch.expected), channels), scratch.decoded),
  );
  return compareSaved(scratch.page, scratch.decoded);
}

/** The unchanged samples; sharp would turn one into three. */
function plainly(picture: Sharp, channels: number): Sharp {
  return channels === 1 ? picture.extractChannel(0) : picture;
}

/** An unreadable JPEG is not the TIFF's fault. */
async function aboutJpeg<T>(
  { paths, scratch, name: tiff, jpegName: name, byAny }: SentRequest<ComparisonRequest>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    const { error } = await lookAgain(thrown, paths.jpeg);
    const failing = { paths: { input: paths.jpeg }, scratch, name };
    const explained = explainFailure(error, failing, { reader: 'sharp' });
    if (!['UNREADABLE_TIFF', 'UNSUPPORTED_TIFF'].includes(explained.code)) throw explained;
    const words = wordsOf(error, failing);
    throw unlike(
      { tiff, jpeg: name, byAny },
      `it cannot be decoded ${inParentheses(words)}`,
      error,
    );
  }
}

function refuseOtherKind(
  jpeg: Metadata,
  { saved, orientation, profile }: SavedPage,
  { name, jpegName, byAny }: SentRequest<ComparisonRequest>,
): void {
  const names = { tiff: name, jpeg: jpegName, byAny };
  const sizeOf = (one: Pick<Metadata, 'width' | 'height'>) => `${one.width} × ${one.height} pixels`;
  if (jpeg.format !== 'jpeg') throw unlike(names, `it is no JPEG, but ${jpeg.format}`);
  const told = orientationOf(jpeg);
  if (told !== 1 && told !== orientation)
    throw unlike(names, `its orientation is ${told}, that of the TIFF is ${orientation}`);
  if (sizeOf(jpeg) !== sizeOf(saved))
    throw unlike(names, `it has ${sizeOf(jpeg)}, and ${sizeOf(saved)} are expected`);
  if (jpeg.channels !== saved.channels)
    throw unlike(names, `its number of channels is ${jpeg.channels}, not ${saved.channels}`);
  const { kept } = profile;
  const same = kept ? jpeg.icc !== undefined && kept.equals(jpeg.icc) : jpeg.icc === undefined;
  const isHarmless = !kept && byAny && jpeg.icc !== undefined && isSrgbProfile(jpeg.icc);
  if (same || isHarmless) return;
  const wrong = !kept
    ? 'it has a colour profile, and none is expected'
    : jpeg.icc
      ? 'its colour profile is not the one of the TIFF'
      : 'it has no colour profile, and the one of the TIFF is expected';
  throw unlike(names, wrong);
}
