import type { FileRecord, PageRecord } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import { jpegsOf, worstPageOf } from './doubt.ts';
import type { SeenRegion, ShownPlace } from './page-data.ts';
import type { PicturePair, PictureSource } from './picture-source.ts';

/** A file's pictures in a report's page. */
export interface PicturesOfFile {
  readonly thumbnail?: Uint8Array | undefined;
  readonly comparison?: (PicturePair & { readonly shown: ShownPlace }) | undefined;
}

/** What determines a report's pictures. */
export interface GatherOptions {
  readonly encoder: EncoderSettings;
  /** The files by index, in order of priority. */
  readonly order: readonly number[];
  /** The most bytes of all pictures together. */
  readonly bytes: number;
  /** Called after each file whose thumbnail, or later whose comparison, was requested. */
  readonly onProgress?: OnPictures | undefined;
}

/** How many of a page's pictures are done, and how many there are at most. */
export type OnPictures = (done: number, most: number) => void;

/** The default limit of a report's pictures: a page of 80 MB still opens within seconds. */
export const PICTURE_BYTES = 60_000_000;

/** The share for thumbnails, which are numerous and small; the rest is for comparisons. */
const SHARE_OF_THUMBNAILS = 0.4;

/**
 * The section of a TIFF and its JPEG: half as wide as a small screen, so that both fit at 100 %.
 */
const SHOWN = { width: 320, height: 240 } as const;

/** Side of the area that is least like the TIFF (`Likeness`), in pixels. */
const AREA = 64;

/**
 * Requests thumbnails, then comparisons, in the given order, until the limit is reached. Each
 * comparison shows the place that is least like the TIFF, or else the middle. Holds all of them in
 * memory.
 */
export async function gatherPictures(
  records: readonly FileRecord[],
  source: PictureSource,
  { encoder, order, bytes, onProgress = () => {} }: GatherOptions,
): Promise<readonly PicturesOfFile[]> {
  const withJpegs = order.filter((file) => jpegsOf(records[file] as FileRecord).length > 0);
  let done = 0;
  const onMade = () => onProgress(++done, withJpegs.length * 2);
  const thumbnails = await whileTheyLast(withJpegs, bytes * SHARE_OF_THUMBNAILS, source.jobs, {
    onMade,
    make: async (file) => {
      const record = records[file] as FileRecord;
      const page = worstPageOf(record);
      return page && source.thumbnail({ ...page, input: record.input });
    },
    sizeOf: ({ length }) => length,
  });
  done = withJpegs.length;
  const comparisons = await whileTheyLast(withJpegs, bytes - thumbnails.size, source.jobs, {
    onMade,
    make: async (file) => {
      const record = records[file] as FileRecord;
      const page = worstPageOf(record);
      const shown = page && shownOf(page, jpegsOf(record).indexOf(page));
      const made =
        shown && (await source.comparison({ ...page, input: record.input }, shown, encoder));
      return made && { ...made, shown };
    },
    sizeOf: ({ before, after }) => before.length + after.length,
  });
  return records.map((_, file) => ({
    thumbnail: thumbnails.made.get(file),
    comparison: comparisons.made.get(file),
  }));
}

function shownOf(record: PageRecord, page: number): ShownPlace {
  const isWorst = record.likeness?.worst !== undefined;
  return { ...regionOf(record), page, isWorst };
}

/** The section of a page that is shown: where it is least like the TIFF, or else the middle. */
export function regionOf({ width, height, likeness }: PageRecord): SeenRegion {
  const worst = likeness?.worst;
  const centre = worst
    ? { x: worst.x + AREA / 2, y: worst.y + AREA / 2 }
    : { x: width / 2, y: height / 2 };
  return regionAround(centre, { width, height });
}

/** The section around a place, moved completely into the picture. */
export function regionAround(
  { x, y }: { readonly x: number; readonly y: number },
  size: { readonly width: number; readonly height: number },
): SeenRegion {
  const width = Math.min(SHOWN.width, size.width);
  const height = Math.min(SHOWN.height, size.height);
  const within = (start: number, most: number) => Math.max(0, Math.min(most, Math.round(start)));
  return {
    left: within(x - width / 2, size.width - width),
    top: within(y - height / 2, size.height - height),
    width,
    height,
  };
}

/** How things are made of files. */
interface PictureMaker<T> {
  make(file: number): Promise<T | undefined>;
  sizeOf(thing: T): number;
  onMade(): void;
}

/**
 * Makes things of files, several at once, and keeps them in the files' order up to the first that
 * does not fit.
 */
async function whileTheyLast<T>(
  files: readonly number[],
  bytes: number,
  jobs: number,
  { make, sizeOf, onMade }: PictureMaker<T>,
): Promise<{ readonly made: ReadonlyMap<number, T>; readonly size: number }> {
  const made = new Map<number, T>();
  const coming: Promise<T | undefined>[] = [];
  let size = 0;
  let started = 0;
  for (const file of files) {
    while (started < files.length && coming.length < jobs)
      coming.push(make(files[started++] as number));
    const thing = await coming.shift();
    onMade();
    if (thing === undefined) continue;
    if (size + sizeOf(thing) > bytes) break;
    size += sizeOf(thing);
    made.set(file, thing);
  }
  await Promise.all(coming);
  return { made, size };
}
