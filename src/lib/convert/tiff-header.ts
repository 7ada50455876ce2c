import { type FileHandle, open } from 'node:fs/promises';
import { isTiffSignature } from '../tiff-signature.ts';

/** What the first page's directory (IFD) says of its samples; the plan of a conversion will need more. */
export interface TiffHeader {
  /** PhotometricInterpretation, TIFF 6.0 section 8. */
  readonly photometric: number | undefined;
  readonly samplesPerPixel: number;
  /** ExtraSamples, TIFF 6.0 section 18: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSamples: readonly number[];
}

const PHOTOMETRIC = 262;
const SAMPLES_PER_PIXEL = 277;
const EXTRA_SAMPLES = 338;

/** More directory entries than any real TIFF has: a damaged count must not make us read for ever. */
const MAX_ENTRIES = 4_096;
/** More samples than libvips takes. */
const MAX_VALUES = 64;

/** Where the numbers of a TIFF stand: its byte order, and the wider fields of BigTIFF. */
interface Layout {
  readonly littleEndian: boolean;
  readonly big: boolean;
}

/**
 * Reads what the first IFD of a classic or BigTIFF says of its samples. Undefined when there is no
 * readable IFD: the decoder's own message tells more than ours could.
 */
export async function readTiffHeader(path: string): Promise<TiffHeader | undefined> {
  const file = await open(path);
  try {
    const start = await read(file, 0, 16);
    if (!start || !isTiffSignature(new Uint8Array(start.buffer))) return undefined;
    const littleEndian = start.getUint8(0) === 0x49;
    const layout = { littleEndian, big: start.getUint16(2, littleEndian) === 43 };
    const tags = await readTags(file, layout, offsetAt(start, layout.big ? 8 : 4, layout));
    if (!tags) return undefined;
    return {
      photometric: tags.get(PHOTOMETRIC)?.[0],
      samplesPerPixel: tags.get(SAMPLES_PER_PIXEL)?.[0] ?? 1,
      extraSamples: tags.get(EXTRA_SAMPLES) ?? [],
    };
  } finally {
    await file.close();
  }
}

async function readTags(
  file: FileHandle,
  layout: Layout,
  offset: number,
): Promise<Map<number, number[]> | undefined> {
  const countSize = layout.big ? 8 : 2;
  const entrySize = layout.big ? 20 : 12;
  const countField = await read(file, offset, countSize);
  if (!countField) return undefined;
  const count = layout.big
    ? offsetAt(countField, 0, layout)
    : countField.getUint16(0, layout.littleEndian);
  if (count === 0 || count > MAX_ENTRIES) return undefined;
  const entries = await read(file, offset + countSize, count * entrySize);
  if (!entries) return undefined;
  const tags = new Map<number, number[]>();
  for (let at = 0; at < entries.byteLength; at += entrySize) {
    const tag = entries.getUint16(at, layout.littleEndian);
    if (tag !== PHOTOMETRIC && tag !== SAMPLES_PER_PIXEL && tag !== EXTRA_SAMPLES) continue;
    tags.set(tag, await readIntegers(file, layout, entries, at));
  }
  return tags;
}

/** Bytes a value of the integer types takes (TIFF 6.0, section 2): BYTE, SHORT, LONG. */
const SIZES: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4 };

/** The integers of an entry, from the entry itself or from where it points; none for other types. */
async function readIntegers(
  file: FileHandle,
  layout: Layout,
  entries: DataView,
  at: number,
): Promise<number[]> {
  const { littleEndian, big } = layout;
  const size = SIZES[entries.getUint16(at + 2, littleEndian)];
  const count = big ? offsetAt(entries, at + 4, layout) : entries.getUint32(at + 4, littleEndian);
  if (size === undefined || count > MAX_VALUES) return [];
  const field = at + (big ? 12 : 8);
  const inline = count * size <= (big ? 8 : 4);
  const values = inline
    ? entries
    : await read(file, offsetAt(entries, field, layout), count * size);
  if (!values) return [];
  return Array.from({ length: count }, (_, i) => {
    const where = (inline ? field : 0) + i * size;
    if (size === 1) return values.getUint8(where);
    return size === 2
      ? values.getUint16(where, littleEndian)
      : values.getUint32(where, littleEndian);
  });
}

function offsetAt(view: DataView, at: number, { littleEndian, big }: Layout): number {
  return big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
}

/** Exactly `length` bytes at `position`, or undefined when the file does not have them. */
async function read(
  file: FileHandle,
  position: number,
  length: number,
): Promise<DataView | undefined> {
  if (!Number.isSafeInteger(position)) return undefined;
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytesRead === length ? new DataView(bytes.buffer) : undefined;
}
