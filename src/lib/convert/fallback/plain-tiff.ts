import { open } from 'node:fs/promises';
import {
  PLAIN_COLOURS,
  type PlainPicture,
  plainRowBytes,
  plainRowsPerStrip,
  plainSamples,
} from '../plan/plain-picture.ts';

export type { PlainPicture } from '../plan/plain-picture.ts';

/** A plain TIFF that is being written. */
export interface PlainTiffWriter {
  /** Writes the next whole rows, from top to bottom: samples interleaved, little-endian. */
  write(rows: Uint8Array): Promise<void>;
  /** Ends the file. Throws if rows are missing, because half a picture must not pass. */
  close(): Promise<void>;
  /** Discards the file, in any state. */
  discard(): Promise<void>;
}

/**
 * Starts an uncompressed TIFF in strips, always a BigTIFF, at a new path. Throws what writing
 * throws.
 */
export async function createPlainTiff(
  path: string,
  picture: PlainPicture,
): Promise<PlainTiffWriter> {
  const file = await open(path, 'wx');
  const head = headOf(picture);
  const total = plainRowBytes(picture) * picture.height;
  let written = 0;
  try {
    await file.writeFile(head);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    write: async (rows) => {
      await file.writeFile(rows);
      written += rows.byteLength;
    },
    close: async () => {
      await file.close();
      if (written !== total) throw new Error(`Only ${written} of ${total} bytes were decoded`);
    },
    discard: () => file.close(),
  };
}

/** Types of TIFF 6.0 (section 2) and BigTIFF. */
const [SHORT, LONG, UNDEFINED, LONG8] = [3, 4, 7, 16];
const BYTES: Readonly<Record<number, number>> = { 3: 2, 4: 4, 7: 1, 16: 8 };

/** Everything before the samples: header, directory, and the values it points to. */
function headOf(picture: PlainPicture): Buffer {
  const { width, height, bits, alpha, icc, orientation } = picture;
  const samples = plainSamples(picture);
  const rows = plainRowsPerStrip(picture);
  const strips = Math.ceil(height / rows);
  const stripBytes = plainRowBytes(picture) * rows;
  const sizes = Array.from({ length: strips }, (_, i) =>
    i < strips - 1 ? stripBytes : plainRowBytes(picture) * (height - rows * (strips - 1)),
  );
  const entries = (offsets: readonly number[]): [number, number, ArrayLike<number>][] => [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array<number>(samples).fill(bits)],
    [259, SHORT, [1]],
    [262, SHORT, [PLAIN_COLOURS[picture.colours].photometric]],
    [273, LONG8, offsets],
    [274, SHORT, [orientation]],
    [277, SHORT, [samples]],
    [278, LONG, [rows]],
    [279, LONG8, sizes],
    ...(alpha ? [[338, SHORT, [alpha]] as [number, number, number[]]] : []),
    ...(icc ? [[34_675, UNDEFINED, icc] as [number, number, Uint8Array]] : []),
  ];
  // The offsets depend on the head's length, which does not depend on their values.
  const { length } = assemble(entries(sizes));
  return assemble(entries(sizes.map((_, i) => length + i * stripBytes)));
}

function assemble(entries: readonly [number, number, ArrayLike<number>][]): Buffer {
  const tableEnd = 16 + 8 + entries.length * 20 + 8;
  const head = Buffer.alloc(tableEnd);
  head.write('II', 0, 'latin1');
  head.writeUInt16LE(43, 2);
  head.writeUInt16LE(8, 4);
  head.writeBigUInt64LE(16n, 8);
  head.writeBigUInt64LE(BigInt(entries.length), 16);
  const extras: Buffer[] = [];
  let end = tableEnd;
  entries.forEach(([tag, type, values], i) => {
    const at = 24 + i * 20;
    const bytes = encode(values, BYTES[type] ?? 1);
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeBigUInt64LE(BigInt(values.length), at + 4);
    if (bytes.length <= 8) {
      bytes.copy(head, at + 12);
      return;
    }
    head.writeBigUInt64LE(BigInt(end), at + 12);
    extras.push(bytes);
    end += bytes.length;
  });
  return Buffer.concat([head, ...extras]);
}

function encode(values: ArrayLike<number>, width: number): Buffer {
  const bytes = Buffer.alloc(values.length * width);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), i * 8);
    else bytes.writeUIntLE(value, i * width, width);
  }
  return bytes;
}
