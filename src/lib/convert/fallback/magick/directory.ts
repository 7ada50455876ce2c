import { DECODING_TAGS } from '../../header/decoding-tags.ts';
import { numbersOf, type TiffFormat, type TiffTags } from '../../header/tiff-tags.ts';

const [SHORT, LONG, UNDEFINED] = [3, 4, 7];
const BYTES: Readonly<Record<number, number>> = { 3: 2, 4: 4, 5: 8, 7: 1 };

/** The values of a directory by tag: numbers, or bytes for JPEGTables. */
export type DirectoryValues = ReadonlyMap<number, readonly number[]>;

/** The decoding tags of a directory as numbers, without those that have none. */
export function directoryOf(tags: TiffTags): DirectoryValues {
  const directory = new Map<number, readonly number[]>();
  for (const [tag, type] of DECODING_TAGS) {
    const found = tags.tags.get(tag);
    const values = type === UNDEFINED && found ? [...found.bytes] : numbersOf(tags, tag);
    if (values?.every((value) => Number.isFinite(value) && value >= 0)) directory.set(tag, values);
  }
  return directory;
}

/**
 * Turns the memory that holds a file into a classic TIFF with this single directory: the header is
 * overwritten, and the directory follows the first `fileBytes` bytes. Returns the part of the
 * memory that is the TIFF. The decoder then sees no tags that it fails on, no other pages, and no
 * further chain.
 */
export function placeDirectory(
  memory: Uint8Array,
  fileBytes: number,
  directory: DirectoryValues,
  { littleEndian }: Pick<TiffFormat, 'littleEndian'>,
): Uint8Array {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const short = (at: number, value: number) => view.setUint16(at, value, littleEndian);
  const long = (at: number, value: number) => view.setUint32(at, value, littleEndian);
  const start = fileBytes + (fileBytes % 2);
  memory.set(littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]);
  short(2, 42);
  long(4, start);
  const entries = [...directory].sort(([a], [b]) => a - b);
  short(start, entries.length);
  let end = start + 2 + entries.length * 12 + 4;
  long(end - 4, 0);
  entries.forEach(([tag, values], i) => {
    const type = DECODING_TAGS.get(tag) ?? LONG;
    const at = start + 2 + i * 12;
    const step = BYTES[type] ?? 1;
    const bytes = values.length * step;
    short(at, tag);
    short(at + 2, type);
    long(at + 4, values.length);
    long(at + 8, 0);
    const place = bytes <= 4 ? at + 8 : end;
    if (bytes > 4) {
      long(at + 8, end);
      end += bytes + (bytes % 2);
    }
    values.forEach((value, j) => {
      const to = place + j * step;
      if (type === UNDEFINED) memory[to] = value;
      else if (type === SHORT) short(to, value);
      else if (type === LONG) long(to, value);
      else setRational(view, to, value, littleEndian);
    });
  });
  return memory.subarray(0, end);
}

/**
 * The most bytes that `placeDirectory` needs after the file's bytes, including a few added short
 * values.
 */
export function directoryBytes(directory: DirectoryValues): number {
  let bytes = 256;
  for (const [tag, values] of directory)
    bytes += 13 + values.length * (BYTES[DECODING_TAGS.get(tag) ?? LONG] ?? 1);
  return bytes;
}

/** Coefficients and levels are small numbers with few digits. */
function setRational(view: DataView, at: number, value: number, littleEndian: boolean): void {
  const denominator = Number.isInteger(value) ? 1 : 1_000_000;
  view.setUint32(at, Math.round(value * denominator), littleEndian);
  view.setUint32(at + 4, denominator, littleEndian);
}
