import type { TiffPage } from '../../header/tiff-header.ts';
import type { DecodedSegment, ReadSegment, SegmentPlace } from './segments.ts';
import { type Unpack, unpackerOf } from './unpack.ts';

/** Receives the rows of a page, top to bottom: the samples of each pixel together, as numbers. */
export type UseRow = (row: Float64Array) => Promise<void> | void;

/** Uncompressed rows are read in pieces of this size. */
const BAND_BYTES = 1 << 20;

/**
 * Reads all rows of a page, as many at a time as its strips or tiles are high. The row passed to
 * `use` is reused. Throws what reading a damaged segment throws.
 */
export async function forEachRow(page: TiffPage, read: ReadSegment, use: UseRow): Promise<void> {
  const { width, height, samplesPerPixel, bitsPerSample, sampleFormat } = page;
  const type = { bits: bitsPerSample[0] ?? 1, format: sampleFormat };
  const unpackers = [false, true].map((le) => unpackerOf(type, le));
  const row = new Float64Array(width * samplesPerPixel);
  for (const { top, rows, pieces } of bandsOf(page)) {
    const segments: [SegmentPiece, DecodedSegment][] = [];
    for (const piece of pieces) segments.push([piece, await read(piece.place)]);
    for (let y = 0; y < Math.min(rows, height - top); y++) {
      for (const [piece, segment] of segments) {
        const unpack = unpackers[Number(segment.littleEndian)] as Unpack;
        takeRow(row, { piece, segment, y, samplesPerPixel, unpack });
      }
      await use(row);
    }
  }
}

interface TakeRow {
  readonly piece: SegmentPiece;
  readonly segment: DecodedSegment;
  readonly y: number;
  readonly samplesPerPixel: number;
  readonly unpack: Unpack;
}

function takeRow(row: Float64Array, { piece, segment, y, samplesPerPixel, unpack }: TakeRow): void {
  const { left, width, plane, place } = piece;
  const { data, rowBytes } = segment;
  const packed = data.subarray(y * rowBytes, (y + 1) * rowBytes);
  const at = left * samplesPerPixel + plane;
  unpack(packed, width * place.samples, row, at, place.samples > 1 ? 1 : samplesPerPixel);
}

/** A segment's part of a band. */
interface SegmentPiece {
  readonly place: SegmentPlace;
  /** Pixels: its position in the row, and how many of them are in the picture. */
  readonly left: number;
  readonly width: number;
  readonly plane: number;
}

/** Rows that are read together. */
interface Band {
  readonly top: number;
  readonly rows: number;
  readonly pieces: readonly SegmentPiece[];
}

function* bandsOf(page: TiffPage): Generator<Band> {
  const { width, height, samplesPerPixel, bitsPerSample, planar, segments, compression } = page;
  if (!segments) return;
  const planes = planar ? samplesPerPixel : 1;
  const samples = planar ? 1 : samplesPerPixel;
  const across = Math.ceil(width / segments.width);
  const down = Math.ceil(height / segments.height);
  const rowBytes = Math.ceil((segments.width * samples * (bitsPerSample[0] ?? 1)) / 8);
  const step =
    compression === 1 && segments.kind === 'strips'
      ? Math.max(1, Math.floor(BAND_BYTES / (rowBytes * planes)))
      : segments.height;
  for (let line = 0; line < down; line++) {
    const start = line * segments.height;
    const end =
      segments.kind === 'tiles'
        ? start + segments.height
        : Math.min(start + segments.height, height);
    for (let top = start; top < Math.min(end, height); top += step) {
      const rows = Math.min(step, end - top);
      const pieces: SegmentPiece[] = [];
      for (let plane = 0; plane < planes; plane++)
        for (let column = 0; column < across; column++) {
          const index = (plane * down + line) * across + column;
          const left = column * segments.width;
          const slot = pieces.length;
          const place = { index, slot, width: segments.width, samples, from: top - start, rows };
          pieces.push({ place, left, width: Math.min(segments.width, width - left), plane });
        }
      yield { top, rows, pieces };
    }
  }
}
