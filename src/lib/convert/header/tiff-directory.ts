import { inkSetOf } from './ink-set.ts';
import { subsamplingIn } from './jpeg-colours.ts';
import { isJpegInYcbcr, markersOfData, subsamplingFaults } from './jpeg-within.ts';
import { RESOLUTION_TAGS, type Resolution, readResolution } from './resolution.ts';
import { cutOf, type SizesKnown } from './segment-sizes.ts';
import { readTagFaults, type TagFault } from './tag-faults.ts';
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
import { bytesOfValues, offsetAt, readIntegers, type TiffEntry } from './tiff-values.ts';
import { untoldPhotometric } from './untold-colours.ts';

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
  /** PhotometricInterpretation, TIFF 6.0 section 8; where the file does not say it, as other readers take it, if they can. */
  readonly photometric: number | undefined;
  /** The file does not say it. */
  readonly untold?: true | undefined;
  /** The JPEG in its first strip or tile is progressive. */
  readonly progressive?: true | undefined;
  /** LZW of the kind from before TIFF 5.0: `markOldLzw`. */
  readonly oldLzw?: true | undefined;
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
  /** YCbCrSubsampling, TIFF 6.0 section 21: across and down; 2 and 2 by default. Of JPEG data, what they say themselves. */
  readonly chromaSubsampling: readonly [number, number];
  /** MaxSampleValue of the first sample, TIFF 6.0 section 8, where the file has it. */
  readonly maxSampleValue: number | undefined;
  /** Undefined where there is none that means something. */
  readonly resolution?: Resolution | undefined;
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
  /** What is wrong with single tags: `readTagFaults`. */
  readonly tagFaults?: readonly TagFault[] | undefined;
  /**
   * Its place below the directory at `index` (SubIFDs, TIFF supplement 1), from 0, where it hangs there: first those that the
   * tag lists, then those that these lead to. Undefined for directories of the chain.
   */
  readonly subIfd?: number | undefined;
  /** Whether the tag lists it. */
  readonly listed?: boolean | undefined;
  /** Where the directory that it hangs below is in the file, in bytes; of a camera's picture that one has the metadata. */
  readonly above?: number | undefined;
  /** The directories that hang below it, as far as they can be read; none hang below those. */
  readonly subIfds?: readonly TiffPage[] | undefined;
  /** Its SubIFDs tag lists others that cannot be read. */
  readonly lacksSubIfds?: true | undefined;
  /** It is the only one in the chain of its file, whatever the header says of others: `makeLonePage`. */
  readonly alone?: true;
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
  subIfds: 330,
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
const WANTED: ReadonlySet<number> = new Set([...Object.values(TAG), ...RESOLUTION_TAGS]);
/** More samples than libvips takes; a damaged SamplesPerPixel must not fill the memory page by page. */
const MAX_SAMPLES = 64;

/** More directories below one than anybody writes: a pyramid has a dozen. */
export const MAX_SUB_IFDS = 64;

/** A directory, and where others are said to be: 0 for none. */
export interface ReadDirectory {
  readonly page: TiffPage;
  /** Of the next one in the chain; undefined when the file ends before it. */
  readonly next: number | undefined;
  /** Of those that hang below it, as its SubIFDs tag lists them. */
  readonly subIfds: readonly number[];
}

/** What is known of a directory before it is read. */
export interface Place {
  readonly index: number;
  readonly subIfd?: number;
  readonly listed?: boolean;
  /** The directory that it hangs below, whose orientation and resolution it has where it says nothing of its own. */
  readonly parent?: TiffPage;
}

/**
 * Reads the directory (IFD) at an offset of the file. Undefined when there is no directory. Values that
 * are missing, of a wrong type or outside the file are as if the tag were not there; of a tag that is
 * there twice the first counts, as in libtiff. Throws what reading throws.
 */
export async function readDirectory(
  source: TiffSource,
  offset: number,
  { index, subIfd, listed, parent }: Place = { index: 0 },
): Promise<ReadDirectory | undefined> {
  const table = await readEntries(source, offset, (tag) => WANTED.has(tag));
  if (!table) return undefined;
  const { end } = table;
  const tail = await source.read(end, source.big ? 8 : 4);
  const next = tail && offsetAt(tail, 0, source);
  const below = parent && { subIfd, listed, above: parent.offset };
  const own = await readPage(source, table, parent?.orientation);
  const resolution = own.resolution ?? parent?.resolution;
  const subIfds = table.entries.get(TAG.subIfds);
  const offsets = (await readIntegers(source, subIfds, { most: MAX_SUB_IFDS })) ?? [];
  const lacksSubIfds = offsets.length < (subIfds?.count ?? 0) || undefined;
  const page = { index, offset, ...below, ...own, resolution, lacksSubIfds };
  // With the allowance used up, defaults would stand where the file has values.
  return source.exhausted() ? undefined : { page, next, subIfds: offsets };
}

async function readPage(
  source: TiffSource,
  { entries, valueless }: EntryTable,
  inherited = 1,
): Promise<Omit<TiffPage, 'index' | 'offset'>> {
  const list = (tag: number, most: number) => readIntegers(source, entries.get(tag), { most });
  const first = async (tag: number) => (await list(tag, 1))?.[0];
  const size = async (tag: number) => (await first(tag)) || undefined;
  const width = (await first(TAG.imageWidth)) ?? 0;
  const height = (await first(TAG.imageLength)) ?? 0;
  const compression = (await first(TAG.compression)) ?? 1;
  const told = await first(TAG.photometric);
  const samplesPerPixel =
    (await size(TAG.samplesPerPixel)) ?? (isOldJpegInColours(compression, told) ? 3 : 1);
  const bits =
    (await list(TAG.bitsPerSample, MAX_SAMPLES)) ?? (compression === OLD_JPEG ? [8] : []);
  const extraSamples = (await list(TAG.extraSamples, MAX_SAMPLES)) ?? [];
  const planar = (await first(TAG.planarConfiguration)) === 2;
  // Before the lists of segments: its values mostly lie close to the table.
  const resolution = await readResolution(source, entries);
  const photometric =
    told ??
    (await untoldPhotometric(source, entries, {
      compression,
      samplesPerPixel,
      bits: bits[0] ?? 1,
      extra: extraSamples.length,
    }));
  const layout = layoutOf(entries, {
    page: { width, height, planes: planar ? samplesPerPixel : 1 },
    rowsPerStrip: await size(TAG.rowsPerStrip),
    tileWidth: await size(TAG.tileWidth),
    tileLength: await size(TAG.tileLength),
  });
  const bitsPerSample = Array.from(
    { length: Math.min(samplesPerPixel, MAX_SAMPLES) },
    (_, i) => bits[i] ?? bits[0] ?? 1,
  );
  const by = sizesKnownBy({ compression, photometric, bitsPerSample });
  const cut = cutOf({ height, samplesPerPixel, bitsPerSample, planar, segments: layout });
  const segments = await sumSegments(source, { ...layout, known: by && { by, cut, compression } });
  const samples = { samplesPerPixel, bits: bits[0] ?? 1, photometric };
  const tagged = await list(TAG.chromaSubsampling, 2);
  const isJpeg = isJpegInYcbcr({ compression, photometric, samplesPerPixel, planar });
  const dataAt = entries.get(TAG.tileOffsets) ?? entries.get(TAG.stripOffsets);
  const markers = await markersOfData(source, compression, dataAt);
  const own = isJpeg && markers ? subsamplingIn(markers) : undefined;
  const [across = 2, down = 2] = own ?? tagged ?? [];
  const others = own ? valueless.filter(({ tag }) => tag !== TAG.chromaSubsampling) : valueless;
  const faults = [
    ...((await readTagFaults(source, { entries, valueless: others }, samples)) ?? []),
    ...(own ? await subsamplingFaults(source, entries.get(TAG.chromaSubsampling), own) : []),
  ];
  return {
    width,
    height,
    samplesPerPixel,
    bitsPerSample,
    sampleFormat: (await first(TAG.sampleFormat)) ?? 1,
    compression,
    photometric,
    untold: told === undefined ? true : undefined,
    progressive: markers?.progressive || undefined,
    planar,
    orientation: orientationOf((await first(TAG.orientation)) ?? inherited),
    subfileType: (await first(TAG.newSubfileType)) ?? fromOld(await first(TAG.subfileType)),
    extraSamples,
    inkSet: await inkSetOf(source, await first(TAG.inkSet), entries.get(TAG.inkNames)),
    chromaSubsampling: [across, down],
    maxSampleValue: await first(TAG.maxSampleValue),
    resolution,
    iccBytes: bytesOf(source, entries.get(TAG.iccProfile)),
    segments,
    segmentsUnknown: segments ? undefined : whyUnknown(source, layout),
    lacksChecksum: lacksChecksum(compression, segments, source.fileBytes) || undefined,
    wholeJpegEnd: wholeJpegEnd(entries, await size(TAG.jpegOffset), await size(TAG.jpegLength)),
    tagFaults: faults.length > 0 ? faults : undefined,
  };
}

const OLD_JPEG = 6;

/** Old-style JPEGs have three samples unless they are grey, as libtiff has it; some do not say how many. */
function isOldJpegInColours(compression: number, photometric: number | undefined): boolean {
  return compression === OLD_JPEG && (photometric === undefined || [2, 6].includes(photometric));
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

/** CCITT Group 3 and 4, and JPEG: their data end by a code that nothing else in them is. */
const ENDING: readonly number[] = [3, 4, 7];
/** LZW and Deflate, of which our own reader finds the end: of samples that it makes a picture of. */
const UNPACKED: readonly number[] = [5, 8, 32_946];
const PLAIN_COLOURS: readonly number[] = [0, 1, 2, 3, 5];
/** Those, masks and Lab: so many samples that arithmetic tells what they take. */
const WHOLE_SAMPLES: readonly number[] = [...PLAIN_COLOURS, 4, 8, 9];

/** How the sizes of strips or tiles can be known where the file does not tell them; undefined where they cannot. */
function sizesKnownBy({
  compression,
  photometric = -1,
  bitsPerSample: [first, ...others],
}: Pick<TiffPage, 'compression' | 'photometric' | 'bitsPerSample'>): SizesKnown['by'] | undefined {
  if (ENDING.includes(compression)) return 'data';
  if (others.some((bits) => bits !== first)) return undefined;
  if (compression === 1) return WHOLE_SAMPLES.includes(photometric) ? 'pixels' : undefined;
  return UNPACKED.includes(compression) && PLAIN_COLOURS.includes(photometric) ? 'data' : undefined;
}

interface LayoutFacts {
  readonly page: { readonly width: number; readonly height: number; readonly planes: number };
  readonly rowsPerStrip: number | undefined;
  readonly tileWidth: number | undefined;
  readonly tileLength: number | undefined;
}

/** Some files list tiles under the tags of strips, and the other way round; libtiff takes either. */
function layoutOf(
  entries: Entries,
  { page, rowsPerStrip, tileWidth, tileLength }: LayoutFacts,
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
  const bytes = entry && bytesOfValues(entry.type, entry.count);
  return bytes !== undefined && entry && entry.position + bytes <= fileBytes ? bytes : 0;
}
