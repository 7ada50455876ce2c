/*
 * Outputs: the JPEGs of a TIFF's pages, for a task, a batch or a collection. These differ in what
 * they report and when they give up; a page is treated the same in all of them.
 *
 * Terms. A *page* is defined in `../convert/pages.ts`, with its number counted from 1. An *output*
 * is the final name of its JPEG: a path, or a key in R2. A JPEG is *made* when it is complete in a
 * temporary file, and *put* when it has its name. A JPEG made from the same TIFF is *ours* and may
 * be replaced; anything else under an output's name makes that name *taken*.
 *
 * How data passes:
 *
 *   names      local-pages (paths), bucket/page-outputs (keys): `scan.jpg`, `scan.page-2.jpg`, …
 *   ownership  for a file, the record of its folder (`../collection/record`); for an object, its
 *              metadata (bucket/provenance); bucket/output finds the first key that is free or ours
 *   making     this file: one page after the other, in one conversion process, by its plan; then a
 *              strict run may refuse it, and `verify` compares it with its TIFF
 *   putting    local-pages: all get their names together; bucket/put-pages: under conditions,
 *              several at once. The first page is the last: once it is there, all are
 *
 * A TIFF of thousands of pages must not cost thousands of times its chain: libvips walks it each
 * time it opens the file. So each page is made while it is the only one in the chain of its file
 * (`../convert/lone-page.ts`). This changes the file, so it must be ours: downloaded by a task or a
 * batch, or one copy of a local TIFF for all its pages, if copying costs less than walking.
 *
 * Must never happen: a byte written to somebody else's file (only an `OwnTiff` may be written to);
 * a JPEG under its name before all of its TIFF are made; a JPEG in place of a file or object that
 * is not ours.
 */
import { join } from 'node:path';
import type { ConversionResult, PlanningOptions } from '../convert/attempts.ts';
import { type PageSelection, pageOption } from '../convert/choose-pages.ts';
import { convertInPlace } from '../convert/convert-in-place.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import { withLonePage } from '../convert/lone-page.ts';
import { copyTiff, type OwnTiff } from '../convert/own-tiff.ts';
import type { PagesSetting } from '../convert/pages.ts';
import { freeBytes } from '../convert/plan/resources.ts';
import type { Converter } from '../convert/process/converter.ts';
import { refuseNotedLosses, refuseWarnings, type Strictness } from '../convert/strictness.ts';
import { compareWithTiff } from '../convert/verify/compare-with-tiff.ts';
import type { Likeness, LikenessBounds } from '../convert/verify/likeness.ts';
import { rm } from '../files.ts';

/** A TIFF whose pages are converted. */
export interface TiffToMake extends PageSelection {
  /** Where it is: a path is somebody else's file and only read. */
  readonly file: string | OwnTiff;
  /** Its name in messages. */
  readonly name: string;
}

/** A page to make, counted from 1, and where it goes. */
export interface PageToMake {
  readonly page: number;
  /** The final name of its JPEG. */
  readonly output: string;
  /** The path of the temporary file that it is made in. */
  readonly jpeg: string;
}

/** How a page is made. */
export interface MakingOptions extends PlanningOptions {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly converter: Converter;
  /** Notes that become errors; none by default. */
  readonly strict?: Strictness | undefined;
  /** Compares it with its TIFF, and refuses it if it differs more than this allows. */
  readonly verify?: LikenessBounds | undefined;
}

/** A page whose JPEG is made. */
export interface MadePage extends PageToMake {
  /** Time for its conversion, in milliseconds. */
  readonly ms: number;
  readonly conversion: ConversionResult;
  /** Set if it was compared. */
  readonly likeness?: Likeness | undefined;
}

/**
 * Makes a page of the TIFF. Throws what `convertInPlace` and `compareWithTiff` throw, and
 * `ConversionError` (`LOSS`, `WARNING`) if a note becomes an error.
 */
export type MakePage = (page: PageToMake, options: MakingOptions) => Promise<MadePage>;

/**
 * Passes `work` a function that makes the pages of a TIFF one after the other, with temporary files
 * beside those of a conversion process. Throws what `work` throws.
 */
export async function withPages<T>(
  { file, name, header, numbers }: TiffToMake,
  { temporaryFolder }: Pick<Converter, 'temporaryFolder'>,
  work: (make: MakePage) => Promise<T>,
): Promise<T> {
  const isPath = typeof file === 'string';
  const copy = isPath ? await copyForPages(file, { header, numbers }, temporaryFolder) : undefined;
  const own = isPath ? copy : file;
  const path = isPath ? file : file.path;
  try {
    return await work((page, options) =>
      own && numbers.length > 1
        ? withLonePage(own, header, page.page, (lone) =>
            makePage({ path: own.path, name, header: lone }, page, options),
          )
        : makePage({ path, name, header }, page, options),
    );
  } finally {
    if (copy) await rm(copy.path, { force: true });
  }
}

/**
 * Bytes that are copied in less time than libvips needs to pass one directory of a chain for one
 * page (measured: 25 to 37 µs of CPU per directory, 1 to 4 ns per byte).
 */
const BYTES_PER_DIRECTORY = 5_000;

/** The largest share of the free disk space for a copy. */
const DISK_SHARE = 1 / 4;

/** A copy of a TIFF for all its pages, if that saves time and there is room for one. */
async function copyForPages(
  path: string,
  { header: { fileBytes, pages }, numbers }: PageSelection,
  folder: string,
): Promise<OwnTiff | undefined> {
  const isDear = fileBytes > numbers.length * pages.length * BYTES_PER_DIRECTORY;
  if (isDear || numbers.length === 1) return undefined;
  if (fileBytes > (await freeBytes(folder)) * DISK_SHARE) return undefined;
  return copyTiff(path, join(folder, 'pages.tif')).catch(() => undefined);
}

/** A TIFF as it is read for one page. */
interface ReadTiff {
  readonly path: string;
  readonly name: string;
  readonly header: TiffHeader;
}

async function makePage(
  { path, name, header }: ReadTiff,
  target: PageToMake,
  { encoder, pages, strict, verify, ...planning }: MakingOptions,
): Promise<MadePage> {
  const { jpeg, output: jpegName } = target;
  const page = pageOption(pages, target.page);
  const asked = { ...encoder, ...planning, name, header, page };
  const start = performance.now();
  const conversion = await convertInPlace(path, jpeg, asked);
  const ms = Math.round(performance.now() - start);
  if (strict) {
    refuseNotedLosses(conversion, name, strict);
    refuseWarnings(conversion, name, strict);
  }
  if (!verify) return { ...target, ms, conversion };
  const { effort } = conversion.plan;
  const compared = { ...asked, effort, jpegName, bounds: verify };
  return { ...target, ms, conversion, likeness: await compareWithTiff(path, jpeg, compared) };
}
