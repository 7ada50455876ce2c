import { open } from 'node:fs/promises';

/** A picture in the plainest kind of TIFF, which sharp reads right. */
export interface PlainPicture {
  /** Pixels, as the picture is stored. */
  readonly width: number;
  readonly height: number;
  readonly colours: PlainColours;
  /** Of each sample, unsigned; Lab has 16 only. */
  readonly bits: 8 | 16;
  /** ExtraSamples of the one sample beside the colours: 1 associated alpha, 2 unassociated (TIFF 6.0, section 18). */
  readonly alpha?: 1 | 2 | undefined;
  readonly icc?: Uint8Array | undefined;
  /** TIFF's orientation, 1 to 8. */
  readonly orientation: number;
}

/** What the samples of a plain TIFF are; Lab is encoded as TIFF 6.0 section 23 has it, in 16 bits. */
export type PlainColours = 'grey' | 'rgb' | 'cmyk' | 'lab';

/** PhotometricInterpretation and number of samples. */
export const PLAIN_COLOURS: Readonly<
  Record<PlainColours, { readonly photometric: number; readonly samples: 1 | 3 | 4 }>
> = {
  grey: { photometric: 1, samples: 1 },
  rgb: { photometric: 2, samples: 3 },
  cmyk: { photometric: 5, samples: 4 },
  lab: { photometric: 8, samples: 3 },
};

/** A plain TIFF that is being written. */
export interface PlainTiffWriter {
  /** Writes the next rows, whole ones: samples side by side, little-endian. The last come last. */
  write(rows: Uint8Array): Promise<void>;
  /** Ends the file. Throws when rows are missing: half a picture must not be taken for one. */
  close(): Promise<void>;
}

/** Samples of a pixel, alpha included. */
export function plainSamples({ colours, alpha }: PlainPicture): number {
  return PLAIN_COLOURS[colours].samples + (alpha ? 1 : 0);
}

/** Rows of a strip, so that one has about 256 kB: libvips holds a whole one. */
export function plainRowsPerStrip(picture: PlainPicture): number {
  return Math.min(picture.height, Math.max(1, Math.floor(262_144 / rowBytesOf(picture))));
}

function rowBytesOf(picture: PlainPicture): number {
  return (picture.width * plainSamples(picture) * picture.bits) / 8;
}

/**
 * Begins an uncompressed TIFF in strips, always a BigTIFF, at a path where nothing is yet. Throws what
 * writing throws.
 */
export async function createPlainTiff(
  path: string,
  picture: PlainPicture,
): Promise<PlainTiffWriter> {
  const file = await open(path, 'wx');
  const head = headOf(picture);
  const total = rowBytesOf(picture) * picture.height;
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
  };
}

/** Types of TIFF 6.0 (section 2) and BigTIFF. */
const [SHORT, LONG, UNDEFINED, LONG8] = [3, 4, 7, 16];
const BYTES: Readonly<Record<number, number>> = { 3: 2, 4: 4, 7: 1, 16: 8 };

/** Everything before the samples: header, directory, and what the directory points at. */
function headOf(picture: PlainPicture): Buffer {
  const { width, height, bits, alpha, icc, orientation } = picture;
  const samples = plainSamples(picture);
  const rows = plainRowsPerStrip(picture);
  const strips = Math.ceil(height / rows);
  const stripBytes = rowBytesOf(picture) * rows;
  const sizes = Array.from({ length: strips }, (_, i) =>
    i < strips - 1 ? stripBytes : rowBytesOf(picture) * (height - rows * (strips - 1)),
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
