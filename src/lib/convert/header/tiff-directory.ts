import { inkSetOf } from './ink-set.ts';
import { readTagFaults } from './tag-faults.ts';
import { type Entries, type EntryTable, readEntries } from './tiff-entries.ts';
import {
  lacksChecksum,
  type SegmentLayout,
  type SegmentsUnknown,
  sumSegments,
  type TiffSegments,
  whyUnknown,
} from './tiff-segments.ts';
import type { TiffSource } from './tiff-source.ts';
import { offsetAt, readIntegers, sizeOf, type TiffEntry } from './tiff-values.ts';

/** One page (or thumbnail, mask, …): what its directory (IFD) says. */
export interface TiffPage {
  /** Place in the chain of directories, from 0, and of the directory in the file, in bytes. */
  readonly index: number;
  readonly offset: number;
  /** Pixels, before the orientation is applied; 0 when the file does not say. */
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  /** Of each sample (the first 64 at most); as the first where the file does not say, and 1 where it says nothing. */
  readonly bitsPerSample: readonly number[];
  /** SampleFormat of the first sample, TIFF 6.0 section 19: 1 unsigned (default), 2 signed, 3 float, 4 undefined. */
  readonly sampleFormat: number;
  /** Compression, TIFF 6.0 section 3: 1 none (default). */
  readonly compression: number;
  /** PhotometricInterpretation, TIFF 6.0 section 8. */
  readonly photometric: number | undefined;
  /** PlanarConfiguration 2: a plane for each sample. */
  readonly planar: boolean;
  /** Orientation, 1 to 8; 1 when it is missing or nonsense. */
  readonly orientation: number;
  /** The bits of NewSubfileType, also when the file has the older SubfileType: 1 reduced, 2 page, 4 mask. */
  readonly subfileType: number;
  /** ExtraSamples, TIFF 6.0 section 18: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSamples: readonly number[];
  /** InkSet, TIFF 6.0 section 16: 1 CMYK (default, and where the file names these inks after all), 2 other inks. */
  readonly inkSet: 1 | 2;
  /** YCbCrSubsampling, TIFF 6.0 section 21: across and down; 2 and 2 by default. */
  readonly chromaSubsampling: readonly [number, number];
  /** MaxSampleValue of the first sample, TIFF 6.0 section 8, where the file has it. */
  readonly maxSampleValue: number | undefined;
  /** Bytes of the ICC profile; 0 without. */
  readonly iccBytes: number;
  /** Undefined when the file does not say, or says what nobody could read. */
  readonly segments: TiffSegments | undefined;
  /** Why `segments` is undefined. */
  readonly segmentsUnknown?: SegmentsUnknown | undefined;
  /** Whether the file ends in the checksum of Deflate data, or before it (`lacksChecksum`). */
  readonly lacksChecksum?: boolean | undefined;
  /** Where an old-style JPEG in one piece (JPEGInterchangeFormat) ends in the file; its strips need not be listed. */
  readonly wholeJpegEnd?: number | undefined;
  /** What is wrong with single tags, for people: `readTagFaults`. */
  readonly tagFaults?: readonly string[] | undefined;
}

/** Tags of TIFF 6.0, its supplements and the ICC specification (annex B.4). */
const TAG = {
  newSubfileType: 254,
  subfileType: 255,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  fillOrder: 266,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  maxSampleValue: 281,
  planarConfiguration: 284,
  resolutionUnit: 296,
  colourMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  jpegOffset: 513,
  jpegLength: 514,
  inkSet: 332,
  inkNames: 333,
  extraSamples: 338,
  sampleFormat: 339,
  chromaSubsampling: 530,
  iccProfile: 34_675,
} as const;
const WANTED: ReadonlySet<number> = new Set(Object.values(TAG));
/** More samples than libvips takes; a damaged SamplesPerPixel must not fill the memory page by page. */
const MAX_SAMPLES = 64;

/**
 * Reads the directory (IFD) at an offset of the file, `index` directories after the first, and the offset of the next: 0 after the last one,
 * undefined when the file ends before it. Undefined altogether when there is no directory. Values that
 * are missing, of a wrong type or outside the file are as if the tag were not there; of a tag that is
 * there twice the first counts, as in libtiff. Throws what reading throws.
 */
export async function readDirectory(
  source: TiffSource,
  offset: number,
  index = 0,
): Promise<{ page: TiffPage; next: number | undefined } | undefined> {
  const table = await readEntries(source, offset, (tag) => WANTED.has(tag));
  if (!table) return undefined;
  const { end } = table;
  const tail = await source.read(end, source.big ? 8 : 4);
  const next = tail && offsetAt(tail, 0, source);
  const page = { index, offset, ...(await readPage(source, table)) };
  // With the allowance used up, defaults would stand where the file has values.
  return source.exhausted() ? undefined : { page, next };
}

async function readPage(
  source: TiffSource,
  { entries, valueless }: EntryTable,
): Promise<Omit<TiffPage, 'index' | 'offset'>> {
  const list = (tag: number, most: number) => readIntegers(source, entries.get(tag), { most });
  const first = async (tag: number) => (await list(tag, 1))?.[0];
  const size = async (tag: number) => (await first(tag)) || undefined;
  const width = (await first(TAG.imageWidth)) ?? 0;
  const height = (await first(TAG.imageLength)) ?? 0;
  const samplesPerPixel = (await size(TAG.samplesPerPixel)) ?? 1;
  const bits = (await list(TAG.bitsPerSample, MAX_SAMPLES)) ?? [];
  const planar = (await first(TAG.planarConfiguration)) === 2;
  const layout = layoutOf(entries, {
    page: { width, height, planes: planar ? samplesPerPixel : 1 },
    rowsPerStrip: await size(TAG.rowsPerStrip),
    tileWidth: await size(TAG.tileWidth),
    tileLength: await size(TAG.tileLength),
  });
  const segments = await sumSegments(source, layout);
  const compression = (await first(TAG.compression)) ?? 1;
  const photometric = await first(TAG.photometric);
  const samples = { samplesPerPixel, bits: bits[0] ?? 1, photometric };
  return {
    width,
    height,
    samplesPerPixel,
    bitsPerSample: Array.from(
      { length: Math.min(samplesPerPixel, MAX_SAMPLES) },
      (_, i) => bits[i] ?? bits[0] ?? 1,
    ),
    sampleFormat: (await first(TAG.sampleFormat)) ?? 1,
    compression,
    photometric,
    planar,
    orientation: orientationOf(await first(TAG.orientation)),
    subfileType: (await first(TAG.newSubfileType)) ?? fromOld(await first(TAG.subfileType)),
    extraSamples: (await list(TAG.extraSamples, MAX_SAMPLES)) ?? [],
    inkSet: await inkSetOf(source, await first(TAG.inkSet), entries.get(TAG.inkNames)),
    chromaSubsampling: subsamplingOf(await list(TAG.chromaSubsampling, 2)),
    maxSampleValue: await first(TAG.maxSampleValue),
    iccBytes: bytesOf(source, entries.get(TAG.iccProfile)),
    segments,
    segmentsUnknown: segments ? undefined : whyUnknown(source, layout),
    lacksChecksum: lacksChecksum(compression, segments, source.fileBytes) || undefined,
    wholeJpegEnd: wholeJpegEnd(entries, await size(TAG.jpegOffset), await size(TAG.jpegLength)),
    tagFaults: await readTagFaults(source, { entries, valueless }, samples),
  };
}

/** Of several strips, each has its place in the list of them. */
function wholeJpegEnd(
  entries: Entries,
  start: number | undefined,
  bytes: number | undefined,
): number | undefined {
  const strips = entries.get(TAG.stripOffsets)?.count ?? 0;
  return start && bytes && strips <= 1 ? start + bytes : undefined;
}

interface PageCut {
  readonly page: { readonly width: number; readonly height: number; readonly planes: number };
  readonly rowsPerStrip: number | undefined;
  readonly tileWidth: number | undefined;
  readonly tileLength: number | undefined;
}

/** Some files list tiles under the tags of strips, and the other way round; libtiff takes either. */
function layoutOf(
  entries: Entries,
  { page, rowsPerStrip, tileWidth, tileLength }: PageCut,
): SegmentLayout {
  const stripOffsets = entries.get(TAG.stripOffsets);
  const stripByteCounts = entries.get(TAG.stripByteCounts);
  const tileOffsets = entries.get(TAG.tileOffsets);
  const tileByteCounts = entries.get(TAG.tileByteCounts);
  if (tileWidth && tileLength) {
    const across = Math.ceil(page.width / tileWidth);
    return {
      kind: 'tiles',
      width: tileWidth,
      height: tileLength,
      needed: across * Math.ceil(page.height / tileLength) * page.planes,
      offsets: tileOffsets ?? stripOffsets,
      byteCounts: tileByteCounts ?? stripByteCounts,
    };
  }
  const rows = Math.min(rowsPerStrip ?? page.height, page.height);
  return {
    kind: 'strips',
    width: page.width,
    height: rows,
    needed: rows === 0 ? 0 : Math.ceil(page.height / rows) * page.planes,
    offsets: stripOffsets ?? tileOffsets,
    byteCounts: stripByteCounts ?? tileByteCounts,
  };
}

function subsamplingOf(values: readonly number[] | undefined): readonly [number, number] {
  const [across = 2, down = 2] = values ?? [];
  return [across, down];
}

function orientationOf(value: number | undefined): number {
  return value !== undefined && value >= 1 && value <= 8 ? value : 1;
}

/** SubfileType (TIFF 6.0, section 8): 1 full resolution, 2 reduced, 3 one page of several. */
function fromOld(subfileType: number | undefined): number {
  if (subfileType === 2) return 1;
  return subfileType === 3 ? 2 : 0;
}

/** Bytes of an entry's values when they lie in the file, else 0: nobody can read them. */
function bytesOf({ fileBytes }: TiffSource, entry: TiffEntry | undefined): number {
  const bytes = entry && sizeOf(entry.type, entry.count);
  return bytes !== undefined && entry && entry.position + bytes <= fileBytes ? bytes : 0;
}
