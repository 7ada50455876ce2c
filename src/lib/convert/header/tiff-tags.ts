import { open } from '../../files.ts';
import { readEntries } from './tiff-entries.ts';
import { boundedReader, type TiffSource } from './tiff-source.ts';
import { bytesOfValues, type TiffEntry } from './tiff-values.ts';

/** One tag of a directory, with its values as stored. */
export interface TiffTag {
  readonly tag: number;
  readonly type: number;
  /** How many values there are. */
  readonly count: number;
  /** The values in the file's byte order. */
  readonly bytes: Uint8Array;
}

/** The tags of one directory whose values can be read. */
export interface TiffTags {
  readonly littleEndian: boolean;
  readonly tags: ReadonlyMap<number, TiffTag>;
}

/** The same, as they were read from a file. */
export interface ReadTags extends TiffTags {
  /** Wanted tags whose values cannot be read. */
  readonly unreadable: readonly number[];
}

/** How a TIFF writes its numbers, by its header. */
export type TiffFormat = Pick<TiffSource, 'littleEndian' | 'big'>;

/** The largest value that is read, in bytes: a larger ICC profile or XMP packet is damaged. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/**
 * Reads the values of the wanted tags in the directory (IFD) at an offset of a TIFF file. Values
 * that are missing, of an unknown type, outside the file or beyond 16 MB are ignored. Undefined if
 * there is no directory. Throws what opening or reading the file throws.
 */
export async function readTags(
  path: string,
  offset: number,
  format: TiffFormat,
  isWanted: (tag: number) => boolean,
): Promise<ReadTags | undefined> {
  const file = await open(path);
  try {
    const { littleEndian, big } = format;
    const reader = boundedReader(file, (await file.stat()).size);
    return await readTagsFrom({ ...reader, littleEndian, big }, offset, isWanted);
  } finally {
    await file.close();
  }
}

/** `readTags` for an open file. */
export async function readTagsFrom(
  source: TiffSource,
  offset: number,
  isWanted: (tag: number) => boolean,
): Promise<ReadTags | undefined> {
  const table = await readEntries(source, offset, isWanted);
  if (!table) return undefined;
  const tags = new Map<number, TiffTag>();
  const unreadable: number[] = [];
  for (const [tag, { type, count, position }] of table.entries) {
    // A tag without a value counts as missing.
    if (count === 0) continue;
    const length = bytesOfValues(type, count);
    const readable = length && length <= MAX_VALUE_BYTES;
    const view = readable ? await source.read(position, length) : undefined;
    if (!length || !view) {
      unreadable.push(tag);
      continue;
    }
    // A copy, because the reader reuses its window.
    const bytes = new Uint8Array(view.buffer, view.byteOffset, length).slice();
    tags.set(tag, { tag, type, count, bytes });
  }
  return { littleEndian: source.littleEndian, tags, unreadable };
}

/**
 * The values of a tag as numbers, rationals divided; undefined if the tag is missing, or holds text
 * or opaque bytes.
 */
export function numbersOf({ tags, littleEndian }: TiffTags, tag: number): number[] | undefined {
  const found = tags.get(tag);
  const number = found && NUMBERS[found.type];
  if (!found || !number) return undefined;
  const view = new DataView(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength);
  const step = found.bytes.byteLength / found.count;
  return Array.from({ length: found.count }, (_, i) => number(view, i * step, littleEndian));
}

/** The first value of an entry as a number, like `numbersOf`. Throws what reading throws. */
export async function readNumber(
  source: TiffSource,
  entry: TiffEntry | undefined,
): Promise<number | undefined> {
  const number = entry && NUMBERS[entry.type];
  const bytes = entry?.count ? bytesOfValues(entry.type, 1) : undefined;
  if (!entry || !number || !bytes) return undefined;
  const view = await source.read(entry.position, bytes);
  return view && number(view, 0, source.littleEndian);
}

/**
 * The value of an ASCII tag (TIFF 6.0, section 2) up to its first NUL, as UTF-8 or else as Latin-1.
 */
export function textOf({ tags }: TiffTags, tag: number): string | undefined {
  const found = tags.get(tag);
  if (!found || ![ASCII, BYTE, UNDEFINED].includes(found.type)) return undefined;
  const end = found.bytes.indexOf(0);
  const bytes = end === -1 ? found.bytes : found.bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

const [BYTE, ASCII, UNDEFINED] = [1, 2, 7];

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number;
const long8: ReadNumber = (v, at, le) => Number(v.getBigUint64(at, le));
const long: ReadNumber = (v, at, le) => v.getUint32(at, le);

/** The numeric types of TIFF 6.0 (section 2), supplement 1 and BigTIFF. */
const NUMBERS: Readonly<Record<number, ReadNumber>> = {
  1: (v, at) => v.getUint8(at),
  3: (v, at, le) => v.getUint16(at, le),
  4: long,
  5: (v, at, le) => v.getUint32(at, le) / v.getUint32(at + 4, le),
  6: (v, at) => v.getInt8(at),
  8: (v, at, le) => v.getInt16(at, le),
  9: (v, at, le) => v.getInt32(at, le),
  10: (v, at, le) => v.getInt32(at, le) / v.getInt32(at + 4, le),
  11: (v, at, le) => v.getFloat32(at, le),
  12: (v, at, le) => v.getFloat64(at, le),
  13: long,
  16: long8,
  17: (v, at, le) => Number(v.getBigInt64(at, le)),
  18: long8,
};
