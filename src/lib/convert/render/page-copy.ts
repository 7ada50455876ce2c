import { type FileHandle, open } from 'node:fs/promises';
import { missingValues } from '../header/completeness.ts';
import { isDecodingTag } from '../header/decoding-tags.ts';
import { isJpegInYcbcr } from '../header/jpeg-within.ts';
import { sizesKnown } from '../header/segment-sizes.ts';
import { readEntries } from '../header/tiff-entries.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { boundedReader, type TiffSource } from '../header/tiff-source.ts';
import type { TiffFormat } from '../header/tiff-tags.ts';
import { bytesOfValues, integerBytes, readIntegers } from '../header/tiff-values.ts';
import { copyTiff, ownTiffOf } from '../own-tiff.ts';
import { extraSamplesNeeded, isKindOfExtra } from '../plan/whole-chain.ts';
import { dataBytes } from './data-end.ts';

/** Types of TIFF 6.0 (section 2) and BigTIFF. */
const [SHORT, LONG, LONG8] = [3, 4, 16];
const TAG = {
  bitsPerSample: 258,
  fillOrder: 266,
  orientation: 274,
  photometric: 262,
  chromaSubsampling: 530,
  inkSet: 332,
  extraSamples: 338,
  icc: 34_675,
} as const;
/**
 * StripOffsets and StripByteCounts, TileOffsets and TileByteCounts; some files use one pair for the
 * other.
 */
const LISTS = { strips: [273, 279], tiles: [324, 325] } as const;
/** Tags that the picture depends on besides those for decoding. */
const SHOWING: ReadonlySet<number> = new Set([TAG.orientation, TAG.inkSet, TAG.icc]);

/** Data of unknown length without an end marker; tag values outside the file. */
export class CutOff extends Error {}

/** An entry of the new directory: its values, or their position in the file. */
interface NewEntry {
  readonly type: number;
  readonly count: number;
  readonly values: Uint8Array | number;
}

/**
 * Copies a TIFF to a new path and appends a directory, the only one in the copy's chain, with the
 * tags that the page's picture depends on and only values that TIFF defines. A decoder then sees no
 * other directory and nothing that it would fail on. The copy shares the file's blocks if the file
 * system supports it. A file of ours gets the directory itself, and `withLonePage` takes it away
 * again; no other file is changed.
 *
 * Returns the page as found, and where. Throws what reading and writing throw.
 */
export async function copyPage(
  input: string,
  output: string,
  page: TiffPage,
  format: TiffFormat,
): Promise<{ readonly path: string; readonly page: TiffPage }> {
  const { path } = ownTiffOf(input, page) ?? (await copyTiff(input, output));
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const source = { ...boundedReader(file, size), ...format };
    const entries = await entriesOf(source, page);
    if (page.segments?.sizes) await setSizes(file, source, page, entries);
    const start = size + (size % 2);
    const bytes = directoryBytes(entries, start, format);
    await file.write(bytes, 0, bytes.length, start);
    const first = integerBytes([start], format.big ? LONG8 : LONG, format);
    await file.write(first, 0, first.length, format.big ? 8 : 4);
    return { path, page: { ...page, index: 0, subIfd: undefined, offset: start, alone: true } };
  } finally {
    await file.close();
  }
}

type NewEntries = Map<number, NewEntry>;

/** Replaces an unusable list of sizes. Throws if data have no end marker. */
async function setSizes(
  file: FileHandle,
  source: TiffSource,
  page: TiffPage,
  entries: NewEntries,
): Promise<void> {
  const { segments } = page;
  if (!segments?.sizes) return;
  const [offsetsTag, sizesTag] = LISTS[segments.kind];
  const [, otherSizes] = LISTS[segments.kind === 'tiles' ? 'strips' : 'tiles'];
  const table = await readEntries(source, page.offset, () => true);
  const list = (tag: number, other: number) =>
    readIntegers(source, table?.entries.get(tag) ?? table?.entries.get(other), {
      most: segments.needed,
    });
  const starts = (await list(offsetsTag, offsetsTag === 273 ? 324 : 273)) ?? [];
  const listed = segments.sizes.why === 'BEYOND' ? await list(sizesTag, otherSizes) : undefined;
  const most = sizesKnown(page, starts, listed, source.fileBytes);
  const reversed = entries.has(TAG.fillOrder);
  const { compression } = page;
  const sizes: number[] = [];
  for (const [i, start] of starts.entries()) {
    const open = { start, most: most[i] ?? 0, compression, reversed };
    const bytes = segments.sizes.by === 'pixels' ? open.most : await dataBytes(file, open);
    if (bytes === undefined)
      throw new CutOff(
        `the data of ${segments.kind.slice(0, -1)} ${i + 1} of ${starts.length} do not end by themselves`,
      );
    sizes.push(bytes);
  }
  entries.delete(otherSizes);
  const type = source.big ? LONG8 : LONG;
  entries.set(sizesTag, { type, count: sizes.length, values: integerBytes(sizes, type, source) });
}

/** The page's own entries that its picture depends on, with corrected ones in their places. */
async function entriesOf(source: TiffSource, page: TiffPage): Promise<NewEntries> {
  const isWanted = (tag: number) => isDecodingTag(tag) || SHOWING.has(tag);
  const table = await readEntries(source, page.offset, isWanted);
  const entries = new Map<number, NewEntry>();
  const field = source.big ? 8 : 4;
  const unreadable: number[] = [];
  for (const [tag, { type, count, position }] of table?.entries ?? []) {
    const bytes = bytesOfValues(type, count);
    if (!bytes) continue;
    // In the copy, other data follow the end of the file.
    if (position + bytes > source.fileBytes) unreadable.push(tag);
    const inside = bytes <= field ? await source.read(position, bytes) : undefined;
    const values = inside ? bytesOf(inside) : position;
    entries.set(tag, { type, count, values });
  }
  const missing = missingValues({ unreadable });
  if (missing) throw new CutOff(missing);
  const [fillOrder] =
    (await readIntegers(source, table?.entries.get(TAG.fillOrder), { most: 1 })) ?? [];
  if (fillOrder !== 2) entries.delete(TAG.fillOrder);
  const shorts = (tag: number, values: readonly number[]) =>
    entries.set(tag, {
      type: SHORT,
      count: values.length,
      values: integerBytes(values, SHORT, source),
    });
  shorts(TAG.bitsPerSample, page.bitsPerSample);
  shorts(TAG.orientation, [page.orientation]);
  if (page.photometric !== undefined) shorts(TAG.photometric, [page.photometric]);
  if (isJpegInYcbcr(page)) shorts(TAG.chromaSubsampling, page.chromaSubsampling);
  const extra = extraSamplesOf(page);
  if (extra) shorts(TAG.extraSamples, extra);
  return entries;
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice();
}

/**
 * The kind of each extra sample: unspecified if the file does not say, or says something undefined.
 */
function extraSamplesOf(page: TiffPage): number[] | undefined {
  const needed = extraSamplesNeeded(page);
  if (!needed) return undefined;
  const kinds = page.extraSamples.map((kind) => (isKindOfExtra(kind) ? kind : 0));
  return Array.from({ length: Math.max(needed, kinds.length) }, (_, i) => kinds[i] ?? 0);
}

function directoryBytes(entries: NewEntries, start: number, format: TiffFormat): Uint8Array {
  const { big } = format;
  const [countType, offsetType, field] = big ? [LONG8, LONG8, 8] : [SHORT, LONG, 4];
  const behind: Uint8Array[] = [];
  let end = start + (big ? 8 : 2) + entries.size * (big ? 20 : 12) + field;
  const fieldOf = (values: NewEntry['values']): Uint8Array => {
    if (typeof values === 'number') return integerBytes([values], offsetType, format);
    if (values.length <= field) return padded(values, field);
    const at = end;
    behind.push(padded(values, values.length + (values.length % 2)));
    end += values.length + (values.length % 2);
    return integerBytes([at], offsetType, format);
  };
  const table = [...entries]
    .sort(([a], [b]) => a - b)
    .flatMap(([tag, { type, count, values }]) => [
      integerBytes([tag, type], SHORT, format),
      integerBytes([count], offsetType, format),
      fieldOf(values),
    ]);
  const none = integerBytes([0], offsetType, format);
  return Buffer.concat([
    integerBytes([entries.size], countType, format),
    ...table,
    none,
    ...behind,
  ]);
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}
