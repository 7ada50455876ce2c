/** The type of a sample. */
export interface SampleType {
  readonly bits: number;
  /** SampleFormat (TIFF 6.0, section 19): 2 signed, 3 floating point, anything else unsigned. */
  readonly format: number;
}

/**
 * Reads `count` samples of a row as numbers into every `stride`th place of `into`, from `at` on.
 */
export type Unpack = (
  row: Uint8Array,
  count: number,
  into: Float64Array,
  at: number,
  stride: number,
) => void;

const SIGNED = 2;
const FLOAT = 3;

type Get = (view: DataView, at: number) => number;

/**
 * How samples of a type become numbers. Depths other than whole bytes are packed from the high bit
 * down, in any byte order. Throws for undefined types (such as a float of 17 bits).
 */
export function unpackerOf({ bits, format }: SampleType, littleEndian: boolean): Unpack {
  if (bits % 8 !== 0 || bits === 8) {
    if (format === FLOAT) throw new Error(`it has floating-point samples of ${bits} bits`);
    if (bits > 40) throw new Error(`it has samples of ${bits} bits`);
    return unpackBitwise(bits, format === SIGNED);
  }
  const get = wholeBytes(bits, format, littleEndian);
  const bytes = bits / 8;
  return (row, count, into, at, stride) => {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    for (let i = 0, to = at; i < count; i++, to += stride) into[to] = get(view, i * bytes);
  };
}

function wholeBytes(bits: number, format: number, le: boolean): Get {
  const get = {
    16: {
      [SIGNED]: (v, at) => v.getInt16(at, le),
      [FLOAT]: (v, at) => halfFloat(v.getUint16(at, le)),
      other: (v, at) => v.getUint16(at, le),
    },
    24: {
      [SIGNED]: (v, at) => (uint24(v, at, le) << 8) >> 8,
      [FLOAT]: (v, at) => float24(uint24(v, at, le)),
      other: (v, at) => uint24(v, at, le),
    },
    32: {
      [SIGNED]: (v, at) => v.getInt32(at, le),
      [FLOAT]: (v, at) => v.getFloat32(at, le),
      other: (v, at) => v.getUint32(at, le),
    },
    64: {
      [SIGNED]: (v, at) => Number(v.getBigInt64(at, le)),
      [FLOAT]: (v, at) => v.getFloat64(at, le),
      other: (v, at) => Number(v.getBigUint64(at, le)),
    },
  } as const satisfies Record<number, Record<number | 'other', Get>>;
  const kinds = get[bits as keyof typeof get];
  if (!kinds) throw new Error(`it has samples of ${bits} bits`);
  return kinds[format as typeof SIGNED] ?? kinds.other;
}

function uint24(view: DataView, at: number, le: boolean): number {
  const [low, middle, high] = [view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2)];
  return le ? low | (middle << 8) | (high << 16) : high | (middle << 8) | (low << 16);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfFloat(word: number): number {
  return smallFloat({ word, exponentBits: 5, fractionBits: 10 });
}

/** Adobe's 24-bit float (TIFF Technical Note 3): 1 sign, 7 exponent (bias 63), 16 fraction bits. */
function float24(word: number): number {
  return smallFloat({ word, exponentBits: 7, fractionBits: 16 });
}

function smallFloat(parts: {
  readonly word: number;
  readonly exponentBits: number;
  readonly fractionBits: number;
}): number {
  const { word, exponentBits, fractionBits } = parts;
  const most = 2 ** exponentBits - 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = word >> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (word >> fractionBits) & most;
  const fraction = (word & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  if (exponent === most) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

function unpackBitwise(bits: number, signed: boolean): Unpack {
  const full = 2 ** bits;
  return (row, count, into, at, stride) => {
    let [held, left, from] = [0, 0, 0];
    for (let i = 0, to = at; i < count; i++, to += stride) {
      // Not with bit operators: up to 40 bits are held, and some of the next.
      while (left < bits) {
        held = held * 256 + (row[from++] ?? 0);
        left += 8;
      }
      const rest = 2 ** (left - bits);
      const value = Math.floor(held / rest);
      held -= value * rest;
      left -= bits;
      into[to] = signed && value >= full / 2 ? value - full : value;
    }
  };
}
