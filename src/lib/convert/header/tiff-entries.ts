import type { TiffSource } from './tiff-source.ts';
import { bytesOfValues, offsetAt, type TiffEntry } from './tiff-values.ts';

/** The entries of a directory (IFD), by tag. */
export type TiffEntries = ReadonlyMap<number, TiffEntry>;

/** libtiff also refuses directories with more entries (TIFFFetchDirectory). */
const MAX_ENTRIES = 4_096;

/** A tag without a value. */
export interface Valueless {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
}

/** What the table of a directory holds. */
export interface EntryTable {
  readonly entries: TiffEntries;
  /** All tags in the table, including unwanted and repeated ones. */
  readonly listed: readonly number[];
  /** Tags without a value: their count is 0, or their type is unknown. */
  readonly valueless: readonly Valueless[];
  /** Where the table ends in the file. */
  readonly end: number;
}

/**
 * Reads the table of a directory at an offset of the file, and keeps the wanted entries. Of a
 * repeated tag the first counts, as in libtiff. Undefined if there is no directory. Throws what
 * reading throws.
 */
export async function readEntries(
  source: TiffSource,
  offset: number,
  isWanted: (tag: number) => boolean,
): Promise<EntryTable | undefined> {
  const countBytes = source.big ? 8 : 2;
  const entryBytes = source.big ? 20 : 12;
  const head = await source.read(offset, countBytes);
  if (!head) return undefined;
  const count = source.big ? offsetAt(head, 0, source) : head.getUint16(0, source.littleEndian);
  if (count === 0 || count > MAX_ENTRIES) return undefined;
  const start = offset + countBytes;
  const table = await source.read(start, count * entryBytes);
  if (!table) return undefined;
  const entries = new Map<number, TiffEntry>();
  const listed: number[] = [];
  const valueless: Valueless[] = [];
  const [fieldAt, fieldBytes] = source.big ? [12, 8] : [8, 4];
  for (let at = 0; at < table.byteLength; at += entryBytes) {
    const tag = table.getUint16(at, source.littleEndian);
    listed.push(tag);
    const type = table.getUint16(at + 2, source.littleEndian);
    const valueCount = offsetAt(table, at + 4, source);
    if (!bytesOfValues(type, valueCount)) valueless.push({ tag, type, count: valueCount });
    if (!isWanted(tag) || entries.has(tag)) continue;
    const inside = (bytesOfValues(type, valueCount) ?? 0) <= fieldBytes;
    const position = inside ? start + at + fieldAt : offsetAt(table, at + fieldAt, source);
    entries.set(tag, { type, count: valueCount, position });
  }
  return { entries, listed, valueless, end: start + count * entryBytes };
}
