/*
 * Inspect: what is in a TIFF, and what a conversion would change, for people who ask before they
 * convert (`arke-tiff inspect`, `convert --fail-on`). From header, tags, settings and limits
 * alone, without the conversion process and without decoding anything.
 *
 * `losses.ts` lists what the JPEGs will not have of it, to which `../strictness.ts` adds what only
 * the conversion shows; `problems.ts` lists what is wrong with the file; the plan is the one a
 * conversion would make. It reads through a `ReadableFile`, which can be an object in R2: only the
 * blocks that are looked at are transferred. The words for numbers are in
 * `../header/tiff-names.ts`. Findings never affect what a conversion does.
 */
import { ArkeError } from '../../errors.ts';
import { readHeaderFrom, type TiffHeader, type TiffPage } from '../header/tiff-header.ts';
import {
  compressionName,
  extraSampleName,
  photometricName,
  sampleFormatName,
  tagName,
} from '../header/tiff-names.ts';
import { boundedReader, type ReadableFile } from '../header/tiff-source.ts';
import { firstPage, nameOfPage, pageNumbers, pagesOf } from '../pages.ts';
import { type Limits, planConversion } from '../plan/plan.ts';
import { readable } from '../plan/readable.ts';
import { type TiffPages, tiffPages } from '../tiff-pages.ts';
import { type DirectoryTags, readDirectoryTags } from './directory-tags.ts';
import {
  type CertainError,
  type DirectoryInspection,
  type Inspection,
  type PictureInspection,
  type PlanInspection,
  pictureOfPage,
  type ResolutionInspection,
} from './inspection.ts';
import type { Loss } from './loss.ts';
import { type LossSettings, lossesOfFile } from './losses.ts';
import { directoryProblems, problemsOfFile } from './problems.ts';

/** Options of an inspection. */
export interface InspectionOptions extends LossSettings {
  /** The TIFF's name in messages. */
  readonly name: string;
  /** The limits of a conversion. */
  readonly limits: Limits;
}

/** A TIFF's header, and the other content of its directories. */
interface Contents {
  readonly header: TiffHeader;
  readonly tagsOf: (page: TiffPage) => DirectoryTags | undefined;
}

/**
 * Reports the content of a TIFF, its conversion plan, the losses of its JPEGs and its problems,
 * from its directories alone; memory, bytes read and time are bounded as for its header. Undefined
 * if it has no readable header. Throws what reading throws, and `ConversionError` (`NO_SUCH_PAGE`).
 */
export async function inspectTiff(
  readable: ReadableFile,
  fileBytes: number,
  options: InspectionOptions,
): Promise<Inspection | undefined> {
  const contents = await readContents(readable, fileBytes);
  if (!contents) return undefined;
  const { header, tagsOf } = contents;
  if (options.pages !== 'all') pageNumbers(header, options.pages, options.name);
  const numbers = new Map(pagesOf(header).map((page, index) => [page, index + 1]));
  const tiff = tiffPages(header, options.name);
  const inspect = (page: TiffPage) =>
    inspectPicture(tiff, page, { number: numbers.get(page), tags: tagsOf(page) }, options);
  const directories = header.pages.map(
    (page): DirectoryInspection => ({
      index: page.index,
      ...inspect(page),
      subDirectories: tagsOf(page)?.subDirectories ?? 0,
      subIfds: (page.subIfds ?? []).map((one) => ({ subIfd: one.subIfd ?? 0, ...inspect(one) })),
    }),
  );
  const looked = header.pages.flatMap((page) => [
    page,
    ...(page.subIfds ?? []).filter((one) => numbers.has(one)),
  ]);
  return {
    bytes: header.fileBytes,
    format: header.big ? 'BigTIFF' : 'TIFF',
    byteOrder: header.littleEndian ? 'little-endian' : 'big-endian',
    pages: numbers.size,
    firstPage: firstPage(header),
    error: certainError(header, directories, options),
    directories,
    problems: [
      ...problemsOfFile(header),
      ...looked.flatMap((page) =>
        directoryProblems(header, page, {
          isPage: numbers.has(page),
          tags: tagsOf(page),
          maxSize: options.encoder.maxSize,
        }),
      ),
    ],
    losses: lossesOfFile(header, tagsOf, options),
  };
}

/** Only the losses, as in `inspectTiff`; undefined if there is no readable header. */
export async function readLosses(
  file: ReadableFile,
  fileBytes: number,
  settings: LossSettings,
): Promise<Loss[] | undefined> {
  const contents = await readContents(file, fileBytes);
  return contents && lossesOfFile(contents.header, contents.tagsOf, settings);
}

async function readContents(file: ReadableFile, fileBytes: number): Promise<Contents | undefined> {
  const header = await readHeaderFrom(boundedReader(file, fileBytes));
  if (!header) return undefined;
  const { littleEndian, big } = header;
  const source = { ...boundedReader(file, fileBytes), littleEndian, big };
  const tags = new Map<TiffPage, DirectoryTags>();
  for (const page of header.pages) {
    const read = await readDirectoryTags(source, page.offset);
    if (read) tags.set(page, read);
    for (const below of page.subIfds ?? []) {
      const own = await readDirectoryTags(source, below.offset);
      if (own) tags.set(below, read ? withParent(own, read) : own);
    }
  }
  return { header, tagsOf: (page) => tags.get(page) };
}

/** The parent directory describes the picture as a whole (TIFF/EP, DNG). */
function withParent(own: DirectoryTags, parent: DirectoryTags): DirectoryTags {
  const has = new Set(own.metadata.map(({ tag }) => tag));
  const inherited = parent.metadata.filter(({ tag }) => !has.has(tag));
  return { ...own, metadata: [...own.metadata, ...inherited] };
}

/** Of NewSubfileType (TIFF 6.0, section 8). */
const MASK = 4;
const YCBCR = 6;

/** The error of the first requested page that cannot be converted, or of the choice of pages. */
function certainError(
  header: TiffHeader,
  directories: readonly DirectoryInspection[],
  { pages, name }: InspectionOptions,
): CertainError | undefined {
  const errors = attempted(() => {
    const plans = pageNumbers(header, pages, name).map(
      (number) => pictureOfPage(directories, number)?.plan,
    );
    return plans.flatMap((plan) => (plan && 'error' in plan ? plan.error : []));
  });
  return 'error' in errors ? errors.error : errors[0];
}

/** The result of `work`, or its error if it is a conversion's. */
function attempted<T>(work: () => T): T | { readonly error: CertainError } {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ArkeError)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}

function inspectPicture(
  tiff: TiffPages,
  page: TiffPage,
  {
    number,
    tags,
  }: { readonly number: number | undefined; readonly tags: DirectoryTags | undefined },
  options: InspectionOptions,
): PictureInspection {
  const { width, height, samplesPerPixel, bitsPerSample, planar, orientation } = page;
  const { photometric, segments } = page;
  const plan = number === undefined ? undefined : predictPlan(tiff, page, number, options);
  return {
    role: number !== undefined ? 'page' : page.subfileType & MASK ? 'mask' : 'reduced',
    page: number,
    width,
    height,
    samplesPerPixel,
    bitsPerSample,
    sampleFormat: sampleFormatName(page.sampleFormat),
    photometric:
      photometric === undefined || page.untold ? undefined : photometricName(photometric),
    compression: compressionName(page.compression),
    planar,
    orientation,
    extraSamples: page.extraSamples.map(extraSampleName),
    chromaSubsampling: photometric === YCBCR ? page.chromaSubsampling : undefined,
    segments: segments && {
      kind: segments.kind,
      count: segments.count,
      width: segments.width,
      height: segments.height,
      bytes: segments.totalBytes,
    },
    profile: tags?.profile,
    resolution: resolutionOf(page),
    metadata: (tags?.metadata ?? []).map((entry) => ({ name: tagName(entry.tag), ...entry })),
    plan,
    reader: plan && 'reader' in plan ? plan.reader : undefined,
  };
}

const UNITS = { 1: 'none', 2: 'inch', 3: 'centimetre' } as const;

function resolutionOf({ resolution }: TiffPage): ResolutionInspection | undefined {
  return resolution && { ...resolution, unit: UNITS[resolution.unit] };
}

function predictPlan(
  { header, file, count }: TiffPages,
  page: TiffPage,
  number: number,
  { limits, encoder, pages }: InspectionOptions,
): PlanInspection {
  const isOnlyOne = pages === 'first' && number === firstPage(header);
  const name = isOnlyOne ? file.name : nameOfPage(count, number, file.name);
  return attempted(() => {
    const chosen = readable(page, { ...file, name });
    const { reading, ...plan } = planConversion(chosen, limits, encoder);
    const { effort, turn, memoryBytes, cpuSeconds, reason } = plan;
    const { reader, feature } = reading;
    return { effort, turn, reader, feature, memoryBytes, cpuSeconds, reason };
  });
}
