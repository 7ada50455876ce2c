import { readEntries, type TiffEntries } from '../header/tiff-entries.ts';
import type { TiffSource } from '../header/tiff-source.ts';
import { numbersOf, type TiffTag, type TiffTags, textOf } from '../header/tiff-tags.ts';
import { bytesOfValues, readIntegers, type TiffEntry } from '../header/tiff-values.ts';
import { type DescriptiveTag, descriptiveTags } from './descriptive-tags.ts';
import { type IccProfile, readIccProfile } from './icc-profile.ts';

/** A descriptive tag of a directory, and its content. */
export interface MetadataEntry {
  readonly tag: number;
  /** Bytes of its value; undefined if it is a directory. */
  readonly bytes: number | undefined;
  /**
   * Number of tags in that directory (EXIF, GPS); undefined if it is not one, or cannot be read.
   */
  readonly tags: number | undefined;
  /**
   * The text, shortened to some hundred characters, or the numbers, as text if JSON cannot express
   * one (0/0); undefined if only the size is shown.
   */
  readonly value: string | readonly number[] | undefined;
}

/** A directory's content besides the description of its samples. */
export interface DirectoryTags {
  /** All tags in the directory. */
  readonly listed: readonly number[];
  /** Tags whose values cannot be read: of an unknown type, or outside the file. */
  readonly unreadable: readonly number[];
  /** Texts without a final NUL, which TIFF 6.0 (section 2) requires. */
  readonly unterminated: readonly number[];
  readonly metadata: readonly MetadataEntry[];
  readonly profile: IccProfile | undefined;
  /** Number of SubIFDs (TIFF supplement 1). */
  readonly subDirectories: number;
}

const TAG = { subIfds: 330, icc: 34_675 } as const;
const DIRECTORIES: ReadonlySet<number> = new Set([34_665, 34_853]);
const ASCII = 2;
/** The most bytes of a text that are shown; some files have whole databases in ImageDescription. */
const TEXT_BYTES = 500;
/** More values than any tag shown as numbers has. */
const MOST_NUMBERS = 4;

/**
 * Reads the tags of the directory at an offset, of long values at most the beginning. Undefined if
 * there is no directory, or the allowance does not suffice. Throws what reading throws.
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
  // With the allowance used up, missing tags may well be there.
  return source.exhausted() ? undefined : read;
}

/** Bytes of an entry's values if they are in the file. */
function sizeIn({ fileBytes }: TiffSource, entry: TiffEntry): number | undefined {
  const bytes = bytesOfValues(entry.type, entry.count);
  return bytes !== undefined && entry.position + bytes <= fileBytes ? bytes : undefined;
}

/** The beginning of values that are shown, as if they ended there. */
async function readBeginnings(source: TiffSource, entries: TiffEntries): Promise<TiffTags> {
  const tags = new Map<number, TiffTag>();
  for (const { tag, holds } of descriptiveTags) {
    if (holds === 'data') continue;
    const entry = entries.get(tag);
    const width = entry && bytesOfValues(entry.type, 1);
    if (!entry || !width) continue;
    const count = Math.min(entry.count, width === 1 ? TEXT_BYTES : MOST_NUMBERS);
    const view = await source.read(entry.position, count * width);
    if (!view) continue;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const isWhole = count === entry.count || width > 1 || holds === 'utf-16';
    const whole = isWhole ? bytes : cutBetweenCharacters(bytes);
    tags.set(tag, { tag, type: entry.type, count: whole.length / width, bytes: whole });
  }
  return { littleEndian: source.littleEndian, tags };
}

/** A truncated text without its last character: half of one would invalidate all of it in UTF-8. */
function cutBetweenCharacters(bytes: Uint8Array): Uint8Array {
  const last = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return Buffer.concat([bytes.subarray(0, Math.max(0, last)), Buffer.from('…')]);
}

async function findUnterminated(source: TiffSource, entries: TiffEntries): Promise<number[]> {
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
  entries: TiffEntries,
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
    const value = sayableValue(values, tag, holds);
    found.push({ tag, bytes: sizeIn(source, entry), tags: undefined, value });
  }
  return found;
}

function sayableValue(
  values: TiffTags,
  tag: number,
  holds: DescriptiveTag['holds'],
): MetadataEntry['value'] {
  if (holds === 'text') return textOf(values, tag);
  if (holds === 'utf-16') return utf16Of(values, tag);
  return sayable(numbersOf(values, tag));
}

/** The text of an XP tag: UTF-16, little-endian in every file, up to its first NUL. */
function utf16Of({ tags }: TiffTags, tag: number): string | undefined {
  const bytes = tags.get(tag)?.bytes;
  if (!bytes) return undefined;
  const [text = ''] = new TextDecoder('utf-16le').decode(bytes).split('\0');
  return bytes.length >= TEXT_BYTES ? `${text.slice(0, -1)}…` : text;
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
