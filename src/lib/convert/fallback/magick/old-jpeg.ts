import { photometricIn } from '../../header/jpeg-colours.ts';
import type { TiffPage } from '../../header/tiff-header.ts';
import type { ConversionNote } from '../../messages.ts';
import { rangeOf, type YcbcrRange } from './colours.ts';
import type { DirectoryValues } from './directory.ts';
import {
  assembleJpeg,
  baselineScan,
  type JpegHead,
  readJpegHead,
  readScanHead,
  restartSegment,
  type ScanHead,
  scanData,
  tableSegment,
} from './jpeg-stream.ts';

/** Tags of TIFF 6.0, sections 15, 21 and 22. */
const TAG = {
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  tileOffsets: 324,
  tileByteCounts: 325,
  process: 512,
  interchange: 513,
  interchangeLength: 514,
  restartInterval: 515,
  quantisation: 519,
  dc: 520,
  ac: 521,
  coefficients: 529,
  subsampling: 530,
  referenceBlackWhite: 532,
} as const;
/** Compression, and JPEGProc. */
const [JPEG, LOSSLESS] = [7, 14];
/** PhotometricInterpretation. */
const [RGB, YCBCR] = [2, 6];

/** The parts of a new file, and its directory. */
export interface NewJpeg {
  readonly directory: DirectoryValues;
  /** ReferenceBlackWhite (TIFF 6.0, section 20), unless it is JPEG's range. */
  readonly range: YcbcrRange | undefined;
  /** Faults that were accepted or repaired. */
  readonly notes: readonly ConversionNote[];
  /** The parts of the file in order, from byte `DATA_AT` on. */
  readonly parts: readonly Uint8Array[];
}

/** After the header of a classic TIFF. */
export const DATA_AT = 8;

/**
 * Converts an old-style JPEG (TIFF 6.0, section 22) to the form of technical note 2: each strip or
 * tile gets tables, a frame and an end, its data stay unchanged. Tiles can then be decoded too, and
 * libtiff checks that the data end where the picture does; for old-style JPEGs it does not, and
 * accepts strips of zeros. Throws if it is not a baseline JPEG, or not complete.
 */
export function asNewJpeg(file: Uint8Array, page: TiffPage, old: DirectoryValues): NewJpeg {
  if (old.get(TAG.process)?.[0] === LOSSLESS)
    throw new Error('Lossless old-style JPEG is not supported');
  const size = segmentSize(page);
  const parts: Uint8Array[] = [];
  const offsets: number[] = [];
  const sizes: number[] = [];
  let at = DATA_AT;
  let first: JpegHead | undefined;
  let isOddScan = false;
  scansOf(file, page, old).forEach(({ head: found, scan, data }, i) => {
    const head = { ...found, components: ofOwnSize(found.components) };
    if (head.width && head.width !== size.width)
      throw new Error(`The JPEG is ${head.width} pixels wide, not ${size.width}`);
    const jpeg = assembleJpeg(head, scan.body, { ...size, height: size.heightOf(i) }, data);
    const length = jpeg.reduce((sum, part) => sum + part.length, 0);
    parts.push(...jpeg);
    offsets.push(at);
    sizes.push(length);
    at += length;
    first ??= head;
    isOddScan ||= scan.body.join() !== baselineScan(scan.body).join();
  });
  const isMiscalled = page.photometric === RGB && first !== undefined && !isRgb(first);
  const photometric = isMiscalled ? YCBCR : (page.photometric ?? YCBCR);
  const components = first?.components ?? [];
  const directory = newDirectory(page, old, { offsets, sizes, components, photometric });
  const notes = notesOn({ isMiscalled, isOddScan, old });
  return { directory, range: rangeOf(old.get(TAG.referenceBlackWhite)), notes, parts };
}

function notesOn({
  isMiscalled,
  isOddScan,
  old,
}: {
  readonly isMiscalled: boolean;
  readonly isOddScan: boolean;
  readonly old: DirectoryValues;
}): ConversionNote[] {
  const notes: ConversionNote[] = [];
  if (isMiscalled)
    notes.push({
      code: 'COLOURS_ASSUMED',
      message:
        'The TIFF calls its colours RGB, but its old-style JPEG has YCbCr, which was believed',
    });
  const broken = [
    ...(old.has(TAG.samplesPerPixel) ? [] : ['it does not say how many samples a pixel has']),
    ...(isOddScan ? ['the scan of its JPEG has parameters that baseline JPEG does not'] : []),
  ];
  if (broken.length > 0)
    notes.push({
      code: 'WARNINGS_FORGIVEN',
      message: `The TIFF breaks the specification, but its picture is complete: ${broken.join('; ')}`,
    });
  return notes;
}

/** Whether a JPEG says that it is RGB; otherwise it is YCbCr, as in libtiff. */
function isRgb({ says, components }: JpegHead): boolean {
  if (components.length !== 3) return true;
  const plain = components.map(([id, sampling]) => ({ id, sampling }));
  return photometricIn({ ...says, components: plain }) === RGB;
}

/** A single component has one sample per pixel, whatever its factors (T.81, A.2.2). */
function ofOwnSize(components: JpegHead['components']): JpegHead['components'] {
  const [only, ...others] = components;
  return only && others.length === 0 ? [[only[0], 0x11, only[2]]] : components;
}

/** The data of a strip or tile, and what decoding them needs. */
interface Scan {
  readonly head: JpegHead;
  readonly scan: ScanHead;
  readonly data: Uint8Array;
}

function scansOf(file: Uint8Array, page: TiffPage, old: DirectoryValues): Scan[] {
  const jpegAt = old.get(TAG.interchange)?.[0] ?? 0;
  const jpegEnd = Math.min(file.length, jpegAt + (old.get(TAG.interchangeLength)?.[0] ?? 0));
  const interchange = jpegAt ? readJpegHead(file, jpegAt, jpegEnd) : undefined;
  const places = placesOf(page, old, [jpegAt, jpegEnd]);
  // Some files have the scan header in their first strip only.
  let scan: ScanHead | undefined;
  return places.map(([start, end]) => {
    const own = readJpegHead(file, start, end);
    const head = own ?? interchange ?? headFromTables(file, page, old);
    const ownScan = own?.scan ?? readScanHead(file, start, end);
    scan = ownScan ?? scan ?? head.scan;
    if (!scan) throw new Error('The scan of an old-style JPEG has no header');
    // A single strip is the scan of the whole JPEG, whatever part of it the page lists.
    const isInside = places.length === 1 && head === interchange && head.scan && start < jpegEnd;
    const from = isInside ? Math.max(start, scan.dataAt) : (ownScan?.dataAt ?? start);
    const data = scanData(file, from, isInside ? Math.max(end, jpegEnd) : end);
    return { head, scan, data };
  });
}

/**
 * Where each strip or tile begins and ends; if the page does not say, JPEGInterchangeFormat does.
 */
function placesOf(
  page: TiffPage,
  old: DirectoryValues,
  interchange: readonly [number, number],
): (readonly [number, number])[] {
  const offsets = old.get(TAG.tileOffsets) ?? old.get(TAG.stripOffsets);
  const sizes = old.get(TAG.tileByteCounts) ?? old.get(TAG.stripByteCounts);
  if (!page.segments || !offsets || !sizes) return [interchange];
  return offsets
    .slice(0, page.segments.needed)
    .map((start, i) => [start, start + (sizes[i] ?? 0)] as const);
}

/** Pixels of a strip or tile; the last strip has the remaining rows. */
function segmentSize({ width, height, segments }: TiffPage) {
  const isTile = segments?.kind === 'tiles';
  const rows = segments?.height ?? height;
  return {
    width: isTile ? segments.width : width,
    heightOf: (i: number) => (isTile ? rows : Math.min(rows, height - i * rows)),
  };
}

/** The head of a JPEG with separate tables (JPEGQTables, JPEGDCTables, JPEGACTables). */
function headFromTables(file: Uint8Array, page: TiffPage, old: DirectoryValues): JpegHead {
  const samples = page.samplesPerPixel;
  const restart = old.get(TAG.restartInterval)?.[0] ?? 0;
  const tables = restart ? [restartSegment(restart)] : [];
  for (const kind of ['quantisation', 'dc', 'ac'] as const) {
    const places = old.get(TAG[kind]) ?? [];
    if (places.length < samples || places.some((at) => at === 0))
      throw new Error('The tables of an old-style JPEG are missing');
    places.slice(0, samples).forEach((at, i) => {
      const symbols = file.subarray(at, at + 16).reduce((sum, count) => sum + count, 0);
      const length = kind === 'quantisation' ? 64 : 16 + symbols;
      tables.push(tableSegment(kind, i, file.subarray(at, at + length)));
    });
  }
  const [across, down] = page.chromaSubsampling;
  const sampling = samples === 3 ? (across << 4) + down : 0x11;
  const numbers = Array.from({ length: samples }, (_, i) => i);
  return {
    tables,
    width: 0,
    says: { jfif: false, adobe: undefined },
    components: numbers.map((i) => [i + 1, i === 0 ? sampling : 0x11, i] as const),
    scan: {
      body: Uint8Array.of(samples, ...numbers.flatMap((i) => [i + 1, i * 0x11]), 0, 63, 0),
      dataAt: 0,
    },
  };
}

interface NewSegments {
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  readonly components: JpegHead['components'];
  readonly photometric: number;
}

function newDirectory(
  page: TiffPage,
  old: DirectoryValues,
  { offsets, sizes, components, photometric }: NewSegments,
): DirectoryValues {
  const isTiled = page.segments?.kind === 'tiles';
  const sampling = components[0]?.[1] ?? 0x11;
  const directory = new Map(old);
  const gone: number[] = [TAG.process, TAG.interchange, TAG.interchangeLength, TAG.restartInterval];
  gone.push(TAG.quantisation, TAG.dc, TAG.ac, TAG.coefficients, TAG.referenceBlackWhite);
  gone.push(TAG.stripOffsets, TAG.stripByteCounts);
  for (const tag of gone) directory.delete(tag);
  directory.set(TAG.compression, [JPEG]);
  directory.set(TAG.photometric, [components.length === 3 ? photometric : 1]);
  directory.set(TAG.samplesPerPixel, [components.length]);
  directory.set(TAG.bitsPerSample, Array<number>(components.length).fill(8));
  if (!isTiled) directory.set(TAG.rowsPerStrip, [page.segments?.height ?? page.height]);
  directory.set(isTiled ? TAG.tileOffsets : TAG.stripOffsets, offsets);
  directory.set(isTiled ? TAG.tileByteCounts : TAG.stripByteCounts, sizes);
  directory.set(TAG.subsampling, [sampling >> 4, sampling & 15]);
  return directory;
}
