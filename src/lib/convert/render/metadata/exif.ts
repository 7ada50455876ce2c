import type { Drop } from './drop.ts';
import { type DirectoryName, MAKER_NOTE, nameOfTag, POINTERS } from './exif-tags.ts';
import { type ExifValue, longs } from './exif-values.ts';
import { appSegment, MAX_SEGMENT_BYTES } from './jpeg-segments.ts';

/** The values of each directory; the pointers between them are made when they are written. */
export type ExifDirectories = Readonly<Record<DirectoryName, readonly ExifValue[]>>;

const SIGNATURE = Buffer.from('Exif\0\0', 'latin1');
const HEADER_BYTES = 8;
const MAX_EXIF_BYTES = MAX_SEGMENT_BYTES - SIGNATURE.length;

/**
 * The EXIF segment of a JPEG (Exif 3.0, 4.7.2), in the given byte order; undefined if there is
 * nothing to write. What does not fit into 64 kB is dropped, the MakerNote first, then the largest
 * values.
 */
export function exifSegment(
  directories: ExifDirectories,
  littleEndian: boolean,
  drop: Drop,
): Buffer | undefined {
  const fitting = withoutExcess(directories, littleEndian, drop);
  const { ifd0, exif, gps } = linked(fitting, littleEndian);
  if (ifd0.length === 0) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(littleEndian ? 'II' : 'MM', 'latin1');
  writeNumber(header, { at: 2, value: 42, width: 2 }, littleEndian);
  writeNumber(header, { at: 4, value: HEADER_BYTES, width: 4 }, littleEndian);
  const parts = [ifd0, exif, gps, fitting.interoperability];
  let offset = HEADER_BYTES;
  const tables = parts.map((values) => {
    const table = values.length === 0 ? Buffer.alloc(0) : encode(values, offset, littleEndian);
    offset += table.length;
    return table;
  });
  return appSegment(1, SIGNATURE, header, ...tables);
}

/** The directories with the pointers between them, which match their positions in `exifSegment`. */
function linked(directories: ExifDirectories, littleEndian: boolean): ExifDirectories {
  const { gps, interoperability } = directories;
  const pointer = (name: keyof typeof POINTERS, to: readonly ExifValue[], at: number) =>
    to.length === 0 ? [] : [longs(littleEndian, POINTERS[name], at)];
  const exif = (interopAt: number) => [
    ...directories.exif,
    ...pointer('interoperability', interoperability, interopAt),
  ];
  const ifd0 = (exifAt: number, gpsAt: number) => [
    ...directories.ifd0,
    ...pointer('exif', exif(0), exifAt),
    ...pointer('gps', gps, gpsAt),
  ];
  // A pointer has the same size wherever it leads, so positions are known before writing.
  const exifAt = HEADER_BYTES + sizeOf(ifd0(0, 0));
  const gpsAt = exifAt + sizeOf(exif(0));
  return { ifd0: ifd0(exifAt, gpsAt), exif: exif(gpsAt + sizeOf(gps)), gps, interoperability };
}

/** Bytes of a directory with its values; one without entries is not written. */
function sizeOf(values: readonly ExifValue[]): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, value) => sum + 12 + outside(value), 6);
}

/** Bytes of a value outside the table; offsets in TIFF are even. */
function outside({ bytes }: ExifValue): number {
  return bytes.length <= 4 ? 0 : bytes.length + (bytes.length % 2);
}

function encode(values: readonly ExifValue[], offset: number, littleEndian: boolean): Buffer {
  const table = Buffer.alloc(sizeOf(values));
  const put = (at: number, value: number, width: 2 | 4) =>
    writeNumber(table, { at, value, width }, littleEndian);
  put(0, values.length, 2);
  let free = 2 + values.length * 12 + 4;
  for (const [i, value] of values.toSorted((a, b) => a.tag - b.tag).entries()) {
    const at = 2 + i * 12;
    put(at, value.tag, 2);
    put(at + 2, value.type, 2);
    put(at + 4, value.count, 4);
    const inside = outside(value) === 0;
    table.set(value.bytes, inside ? at + 8 : free);
    if (!inside) put(at + 8, offset + free, 4);
    free += outside(value);
  }
  return table;
}

function writeNumber(
  into: Buffer,
  { at, value, width }: { at: number; value: number; width: 2 | 4 },
  littleEndian: boolean,
): void {
  if (littleEndian) into.writeUIntLE(value, at, width);
  else into.writeUIntBE(value, at, width);
}

/** The directories without what does not fit into EXIF. */
function withoutExcess(
  directories: ExifDirectories,
  littleEndian: boolean,
  drop: Drop,
): ExifDirectories {
  const { ifd0, exif, gps, interoperability } = linked(directories, littleEndian);
  const all = [ifd0, exif, gps, interoperability];
  let excess = HEADER_BYTES + all.reduce((sum, one) => sum + sizeOf(one), 0) - MAX_EXIF_BYTES;
  const rank = ({ value }: { value: ExifValue }) =>
    value.tag === MAKER_NOTE ? Infinity : outside(value);
  const names = Object.keys(directories) as DirectoryName[];
  const values = names.flatMap((name) => directories[name].map((value) => ({ name, value })));
  const dropped = new Set<ExifValue>();
  for (const { name, value } of values.toSorted((a, b) => rank(b) - rank(a))) {
    if (excess <= 0) break;
    excess -= 12 + outside(value);
    dropped.add(value);
    drop(nameOfTag(name, value.tag), 'does not fit into the 64 kB of EXIF');
  }
  const without = (values: readonly ExifValue[]) => values.filter((value) => !dropped.has(value));
  return {
    ifd0: without(directories.ifd0),
    exif: without(directories.exif),
    gps: without(directories.gps),
    interoperability: without(interoperability),
  };
}
