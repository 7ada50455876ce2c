/** How numbers become the bytes of a little-endian TIFF. */
export interface SampleKind {
  readonly bits: number;
  /** SampleFormat (TIFF 6.0, section 19): 1 unsigned (default), 2 signed, 3 float. */
  readonly format?: 1 | 2 | 3;
}

/**
 * Packs rows of samples, each filled up to whole bytes: integers of 8, 16, 24, 32 or 64 bits and
 * floats in little-endian order, all other integers as one stream of bits, the highest first (TIFF
 * 6.0, FillOrder 1).
 */
export function packSamples(
  rows: readonly (readonly number[])[],
  { bits, format = 1 }: SampleKind,
): Buffer {
  if (format === 3) return Buffer.concat(rows.map((row) => Buffer.concat(row.map(float(bits)))));
  const pack = bits % 8 === 0 ? wholeBytes : bitStream;
  return Buffer.concat(rows.map((row) => pack(row, bits)));
}

function wholeBytes(row: readonly number[], bits: number): Buffer {
  const words = row.map((value) => {
    const word = Buffer.alloc(8);
    word.writeBigUInt64LE(BigInt.asUintN(bits, BigInt(value)));
    return word.subarray(0, bits / 8);
  });
  return Buffer.concat(words);
}

function bitStream(row: readonly number[], bits: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((row.length * bits) / 8));
  row.forEach((value, i) => {
    for (let bit = 0; bit < bits; bit++) {
      const place = i * bits + bit;
      const isSet = (value >> (bits - 1 - bit)) & 1;
      bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (isSet << (7 - (place & 7)));
    }
  });
  return bytes;
}

/** Bits of the exponent and of the fraction: IEEE 754, and TIFF Technical Note 3 for 24 bits. */
const SHAPES: Readonly<Record<number, readonly [number, number]>> = { 16: [5, 10], 24: [7, 16] };

/**
 * Writes floats of a width; the narrow ones are for numbers that they can hold as normal ones, and
 * 0.
 */
function float(bits: number): (value: number) => Buffer {
  return (value) => {
    const word = Buffer.alloc(bits / 8);
    if (bits === 64) word.writeDoubleLE(value);
    else if (bits === 32) word.writeFloatLE(value);
    else word.writeUIntLE(narrow(value, SHAPES[bits] ?? [0, 0]), 0, bits / 8);
    return word;
  };
}

function narrow(value: number, [exponentBits, fractionBits]: readonly [number, number]): number {
  if (value === 0) return 0;
  const size = Math.abs(value);
  const exponent = Math.floor(Math.log2(size));
  const fraction = Math.round((size / 2 ** exponent - 1) * 2 ** fractionBits);
  const biased = exponent + 2 ** (exponentBits - 1) - 1;
  const sign = value < 0 ? 2 ** (exponentBits + fractionBits) : 0;
  // A fraction that is rounded up to 1 carries into the exponent, as it should.
  return sign + biased * 2 ** fractionBits + fraction;
}
