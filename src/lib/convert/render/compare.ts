import { stat } from 'node:fs/promises';
import type { Metadata, OutputInfo, Sharp } from 'sharp';
import { inParentheses } from '../../errors.ts';
import type { Effort } from '../encoder-settings.ts';
import type { ConversionJob, JpegToCompare, Rendered } from '../messages.ts';
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

/** The TIFF's page as it was saved, and how it was read. */
interface SavedPage extends Pick<FlatPicture, 'orientation' | 'profile'> {
  readonly saved: OutputInfo;
}

/**
 * Compares a JPEG with the page that it was made of: the pixels that go into an encoder are saved, and those that
 * come out of the JPEG. What can be expected is told by another JPEG of the same pixels (written to the job's
 * `output`): by a plain one, which costs little, and only where the JPEG falls behind that by one of its own kind.
 * Runs in the conversion process. Throws `ConversionError` (`UNLIKE`) when the JPEG cannot be decoded, or is
 * another kind of picture, and what sharp throws of the TIFF.
 */
export async function renderComparison(
  job: ConversionJob,
  compared: JpegToCompare,
  reader: TiffReader,
): Promise<Rendered> {
  const { jpeg, pixels, decoded } = compared;
  const ofJpeg = <T>(read: (picture: Sharp) => Promise<T>) =>
    aboutJpeg(job, compared, () =>
      withJpegs(reader, 'as stored', (openJpeg) => read(openJpeg(jpeg))),
    );
  const metadata = await ofJpeg((picture) => picture.metadata());
  const orientation = orientationOf(metadata);
  // As it is stored: a JPEG with the TIFF's orientation beside it was not turned.
  const turn = orientation === 1 ? job.plan.turn : 'tag';
  const page = await readForgivingly(job, async (source) => {
    const flat = await openFlat(job, source, turn, reader);
    const saved = await savePixels(flat.picture, pixels);
    return { orientation: flat.orientation, profile: flat.profile, saved };
  });
  refuseOtherKind(metadata, page, { tiff: job.name, jpeg: compared.name });
  await ofJpeg((picture) => savePixels(plainly(picture, metadata.channels), decoded));
  const own = await compareSaved(pixels, decoded);
  const { width, height, channels } = metadata;
  const size = { width, height, channels };
  const against = async (effort: Effort) =>
    conclude(
      own,
      await expectation(job, compared, { effort, channels }, reader),
      size,
      orientation,
    );
  let comparison = await against('fast');
  // Which has all pixels of `max`, too; a baseline JPEG is a plain one itself.
  if (metadata.isProgressive && shortfalls(comparison, compared.bounds).length > 0)
    comparison = await against('balanced');
  const { size: bytes } = await stat(jpeg);
  return { ...size, bytes, notes: [], comparison };
}

/** 1 to 8; what is none of these is taken for upright by whoever shows the JPEG. */
function orientationOf({ orientation = 1 }: Metadata): number {
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/** How near a JPEG made by an effort is to the page. */
async function expectation(
  job: ConversionJob,
  { pixels, decoded }: JpegToCompare,
  { effort, channels }: { readonly effort: Effort; readonly channels: number },
  reader: TiffReader,
): Promise<AreaSums> {
  const page = plainly(reader.openTiff(pixels, { unlimited: true }), channels);
  const encoded = encode(page, job.settings, effort);
  await writeOwnOutput(job.output, (path) => encoded.toFile(path));
  await withJpegs(reader, 'as stored', (openJpeg) =>
    savePixels(plainly(openJpeg(job.output), channels), decoded),
  );
  return compareSaved(pixels, decoded);
}

/** The samples as they are, which sharp would make three of one. */
function plainly(picture: Sharp, channels: number): Sharp {
  return channels === 1 ? picture.extractChannel(0) : picture;
}

/** What is wrong with the JPEG, when it cannot be read, is not the TIFF's fault. */
async function aboutJpeg<T>(
  job: ConversionJob,
  { jpeg, name, pixels, decoded }: JpegToCompare,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    const { error } = await lookAgain(thrown, jpeg);
    const paths = { input: jpeg, output: job.output, scratch: pixels, plain: decoded };
    const explained = explainFailure(
      error,
      { ...paths, name, page: undefined },
      { reader: 'sharp' },
    );
    if (!['UNREADABLE_TIFF', 'UNSUPPORTED_TIFF'].includes(explained.code)) throw explained;
    const words = wordsOf(error, paths);
    throw unlike(
      { tiff: job.name, jpeg: name },
      `it cannot be decoded ${inParentheses(words)}`,
      error,
    );
  }
}

function refuseOtherKind(
  jpeg: Metadata,
  { saved, orientation, profile }: SavedPage,
  names: Parameters<typeof unlike>[0],
): void {
  const sizeOf = (one: Pick<Metadata, 'width' | 'height'>) => `${one.width} × ${one.height} pixels`;
  if (jpeg.format !== 'jpeg') throw unlike(names, `it is no JPEG, but ${jpeg.format}`);
  const told = orientationOf(jpeg);
  if (told !== 1 && told !== orientation)
    throw unlike(names, `its orientation is ${told}, that of the TIFF is ${orientation}`);
  if (sizeOf(jpeg) !== sizeOf(saved))
    throw unlike(names, `it has ${sizeOf(jpeg)}, and ${sizeOf(saved)} are expected`);
  if (jpeg.channels !== saved.channels)
    throw unlike(names, `it has ${jpeg.channels} channels, and ${saved.channels} are expected`);
  const { kept } = profile;
  const same = kept ? jpeg.icc !== undefined && kept.equals(jpeg.icc) : jpeg.icc === undefined;
  if (same) return;
  const wrong = !kept
    ? 'it has a colour profile, and none is expected'
    : jpeg.icc
      ? 'its colour profile is not the one of the TIFF'
      : 'it has no colour profile, and the one of the TIFF is expected';
  throw unlike(names, wrong);
}
