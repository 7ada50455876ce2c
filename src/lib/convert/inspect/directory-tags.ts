import { type Entries, readEntries } from '../header/tiff-entries.ts';
import type { TiffSource } from '../header/tiff-source.ts';
import { numbersOf, type TiffTag, type TiffTags, textOf } from '../header/tiff-tags.ts';
import { bytesOfValues, readIntegers, type TiffEntry } from '../header/tiff-values.ts';
import { descriptiveTags } from './descriptive-tags.ts';
import { type IccProfile, readIccProfile } from './icc-profile.ts';

/** One descriptive tag of a directory, and what it holds. */
export interface MetadataEntry {
  readonly tag: number;
  /** Bytes of its value; undefined where it is a directory of its own. */
  readonly bytes: number | undefined;
  /** How many tags that directory (EXIF, GPS) has; undefined where it is none, or cannot be read. */
  readonly tags: number | undefined;
  /**
   * The text, cut after some hundred characters, or the numbers, as text where one of them is none (0/0), which JSON
   * cannot say; undefined where only the size is told.
   */
  readonly value: string | readonly number[] | undefined;
}

/** What a directory holds beside the description of its samples. */
export interface DirectoryTags {
  /** All tags as they stand in the directory. */
  readonly listed: readonly number[];
  /** Those whose values cannot be: of a type that nobody knows, or outside the file. */
  readonly unreadable: readonly number[];
  /** Texts whose last byte is not NUL, as TIFF 6.0 (section 2) wants it. */
  readonly unterminated: readonly number[];
  readonly metadata: readonly MetadataEntry[];
  readonly profile: IccProfile | undefined;
  /** How many directories hang below this one (SubIFDs, TIFF supplement 1). */
  readonly subDirectories: number;
}

const TAG = { subIfds: 330, icc: 34_675 } as const;
const DIRECTORIES: ReadonlySet<number> = new Set([34_665, 34_853]);
const ASCII = 2;
/** So much of a text is read and shown, in bytes; some files keep whole databases in ImageDescription. */
const TEXT_BYTES = 500;
/** More values than any of the tags has that are shown as numbers. */
const MOST_NUMBERS = 4;

/**
 * Reads the tags of the directory at an offset, long values not at all or only their beginnings.
 * Undefined when there is no directory, or
 * not all of it may be read. Throws what reading throws.
 */
export async function readDirectoryTags(
  source: TiffSource,
  offset: number,
): Promise<DirectoryTags | undefined> {
  const table = await readEntries(source, offset, () => true);
  if (!table) return undefined;
  const { entries, listed } = table;
  const sized = [...entries].map(([tag, entry]) => ({ tag, entry, bytes: sizeIn(source, entry) }));
  const readable = new Map(
    sized.flatMap(({ tag, entry, bytes }) => (bytes === undefined ? [] : [[tag, entry] as const])),
  );
  const values = await readBeginnings(source, readable);
  const icc = readable.get(TAG.icc);
  const read = {
    listed,
    unreadable: sized.flatMap(({ tag, bytes }) => (bytes === undefined ? [tag] : [])),
    unterminated: await findUnterminated(source, readable),
    metadata: await metadataOf(source, readable, values),
    profile: icc && (await readIccProfile(source, icc.position, sizeIn(source, icc) ?? 0)),
    subDirectories: readable.get(TAG.subIfds)?.count ?? 0,
  };
  // With the allowance used up, what is missing may well be there.
  return source.exhausted() ? undefined : read;
}

/** Bytes of an entry's values when they lie in the file. */
function sizeIn({ fileBytes }: TiffSource, entry: TiffEntry): number | undefined {
  const bytes = bytesOfValues(entry.type, entry.count);
  return bytes !== undefined && entry.position + bytes <= fileBytes ? bytes : undefined;
}

/** The first bytes of what is shown, as if the values ended there. */
async function readBeginnings(source: TiffSource, entries: Entries): Promise<TiffTags> {
  const tags = new Map<number, TiffTag>();
  const shown = descriptiveTags.filter(({ holds }) => holds !== 'data').map(({ tag }) => tag);
  for (const tag of shown) {
    const entry = entries.get(tag);
    const width = entry && bytesOfValues(entry.type, 1);
    if (!entry || !width) continue;
    const count = Math.min(entry.count, width === 1 ? TEXT_BYTES : MOST_NUMBERS);
    const view = await source.read(entry.position, count * width);
    if (!view) continue;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const whole = count === entry.count || width > 1 ? bytes : cutBetweenCharacters(bytes);
    tags.set(tag, { tag, type: entry.type, count: whole.length / width, bytes: whole });
  }
  return { littleEndian: source.littleEndian, tags };
}

/** A text whose rest is missing, without the character at its end: half of one in UTF-8 would spoil it all. */
function cutBetweenCharacters(bytes: Uint8Array): Uint8Array {
  const last = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return Buffer.concat([bytes.subarray(0, Math.max(0, last)), Buffer.from('…')]);
}

async function findUnterminated(source: TiffSource, entries: Entries): Promise<number[]> {
  const found: number[] = [];
  for (const [tag, { type, count, position }] of entries) {
    if (type !== ASCII || count === 0) continue;
    const last = await source.read(position + count - 1, 1);
    if (last && last.getUint8(0) !== 0) found.push(tag);
  }
  return found;
}

async function metadataOf(
  source: TiffSource,
  entries: Entries,
  values: TiffTags,
): Promise<MetadataEntry[]> {
  const found: MetadataEntry[] = [];
  for (const { tag, holds } of descriptiveTags) {
    const entry = entries.get(tag);
    if (!entry) continue;
    if (DIRECTORIES.has(tag)) {
      const tags = await countTags(source, entry);
      found.push({ tag, bytes: undefined, tags, value: undefined });
      continue;
    }
    const value = holds === 'text' ? textOf(values, tag) : sayable(numbersOf(values, tag));
    found.push({ tag, bytes: sizeIn(source, entry), tags: undefined, value });
  }
  return found;
}

function sayable(numbers: readonly number[] | undefined): MetadataEntry['value'] {
  return numbers?.every(Number.isFinite) === false ? numbers.join(', ') : numbers;
}

async function countTags(source: TiffSource, entry: TiffEntry): Promise<number | undefined> {
  const [offset] = (await readIntegers(source, entry, { most: 1 })) ?? [];
  return offset === undefined
    ? undefined
    : (await readEntries(source, offset, () => false))?.listed.length;
}
