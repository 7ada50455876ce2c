import { inkSetOf } from './ink-set.ts';
import { subsamplingIn } from './jpeg-colours.ts';
import { isJpegInYcbcr, markersOfData, subsamplingFaults } from './jpeg-within.ts';
import { RESOLUTION_TAGS, readResolution } from './resolution.ts';
import { cutOf, type SizesKnown } from './segment-sizes.ts';
import { readTagFaults } from './tag-faults.ts';
import { type EntryTable, readEntries, type TiffEntries } from './tiff-entries.ts';
import type { TiffPage } from './tiff-page.ts';
import { lacksChecksum, type SegmentLayout, sumSegments, whyUnknown } from './tiff-segments.ts';
import type { TiffSource } from './tiff-source.ts';
import { bytesOfValues, offsetAt, readIntegers, type TiffEntry } from './tiff-values.ts';
import { untoldPhotometric } from './untold-colours.ts';

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
  dataType: 32_996,
  iccProfile: 34_675,
} as const;
const WANTED: ReadonlySet<number> = new Set([...Object.values(TAG), ...RESOLUTION_TAGS]);
/**
 * More samples than libvips accepts; a damaged SamplesPerPixel must not fill the memory page by
 * page.
 */
const MAX_SAMPLES = 64;

/** More SubIFDs than any writer makes: a pyramid has a dozen. */
export const MAX_SUB_IFDS = 64;

/** A directory, and the positions of others: 0 for none. */
export interface ReadDirectory {
  readonly page: TiffPage;
  /** Position of the next one in the chain; undefined if the file ends before it. */
  readonly next: number | undefined;
  /** Positions of its SubIFDs, as listed in the tag. */
  readonly subIfds: readonly number[];
}

/** What is known about a directory before it is read. */
export interface Place {
  readonly index: number;
  readonly subIfd?: number;
  readonly listed?: boolean;
  /** The parent directory: orientation and resolution are inherited from it. */
  readonly parent?: TiffPage;
}

/**
 * Reads the directory (IFD) at an offset of the file. Undefined if there is none. Values that are
 * missing, of a wrong type or outside the file are ignored; of a repeated tag the first counts, as
 * in libtiff. Throws what reading throws.
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
  // With the allowance used up, defaults would replace values of the file.
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
  // Before the lists of segments: its values are usually close to the table.
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

/**
 * Old-style JPEGs have three samples unless they are grey, as in libtiff; some do not specify the
 * number.
 */
function isOldJpegInColours(compression: number, photometric: number | undefined): boolean {
  return compression === OLD_JPEG && (photometric === undefined || [2, 6].includes(photometric));
}

/** If there are several strips, each is in the list of strips. */
function wholeJpegEnd(
  entries: TiffEntries,
  start: number | undefined,
  bytes: number | undefined,
): number | undefined {
  const strips = entries.get(TAG.stripOffsets)?.count ?? 0;
  return start && bytes && strips <= 1 ? start + bytes : undefined;
}

/** CCITT Group 3 and 4, and JPEG: their data have a unique end marker. */
const ENDING: readonly number[] = [3, 4, 7];
/** LZW and Deflate, whose end our own reader finds, for samples that it supports. */
const UNPACKED: readonly number[] = [5, 8, 32_946];
const PLAIN_COLOURS: readonly number[] = [0, 1, 2, 3, 5];
/** Those, masks and Lab: their size can be computed. */
const WHOLE_SAMPLES: readonly number[] = [...PLAIN_COLOURS, 4, 8, 9];

/**
 * How the sizes of strips or tiles can be known if the file does not list them; undefined if they
 * cannot.
 */
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

/** Some files list tiles under the tags of strips, or the reverse; libtiff accepts both. */
function layoutOf(
  entries: TiffEntries,
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

/** Bytes of an entry's values if they are in the file, else 0: they cannot be read. */
function bytesOf({ fileBytes }: TiffSource, entry: TiffEntry | undefined): number {
  const bytes = entry && bytesOfValues(entry.type, entry.count);
  return bytes !== undefined && entry && entry.position + bytes <= fileBytes ? bytes : 0;
}
