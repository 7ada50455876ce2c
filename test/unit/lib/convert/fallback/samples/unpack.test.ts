import { describe, expect, it } from 'vitest';
import { unpackerOf } from '../../../../../../src/lib/convert/fallback/samples/unpack.ts';

const [UNSIGNED, SIGNED, FLOAT] = [1, 2, 3];

/** The numbers in a row of bytes. */
function unpack(
  type: { bits: number; format: number },
  hex: string,
  littleEndian = false,
): number[] {
  const row = Uint8Array.from(Buffer.from(hex, 'hex'));
  const count = Math.floor((row.length * 8) / type.bits);
  const into = new Float64Array(count);
  unpackerOf(type, littleEndian)(row, count, into, 0, 1);
  return [...into];
}

describe('floats of 16 bits', () => {
  it.each([
    ['0000', 0],
    ['8000', -0],
    ['0001', 2 ** -24],
    ['03ff', 1_023 * 2 ** -24],
    ['0400', 2 ** -14],
    ['3c00', 1],
    ['3555', 0.333_251_953_125],
    ['c000', -2],
    ['7bff', 65_504],
    ['7c00', Number.POSITIVE_INFINITY],
    ['fc00', Number.NEGATIVE_INFINITY],
    ['7e00', Number.NaN],
    ['7c01', Number.NaN],
  ])('%s is %d', (hex, expected) => {
    expect(unpack({ bits: 16, format: FLOAT }, hex)).toEqual([expected]);
    const swapped = Buffer.from(hex, 'hex').reverse().toString('hex');
    expect(unpack({ bits: 16, format: FLOAT }, swapped, true)).toEqual([expected]);
  });
});

describe('floats of 24 bits', () => {
  it.each([
    ['000000', 0],
    ['000001', 2 ** -78],
    ['3f0000', 1],
    ['3f8000', 1.5],
    ['bf0000', -1],
    ['400000', 2],
    ['7effff', (2 - 2 ** -16) * 2 ** 63],
    ['7f0000', Number.POSITIVE_INFINITY],
    ['ff0000', Number.NEGATIVE_INFINITY],
    ['7f0001', Number.NaN],
  ])('%s is %d', (hex, expected) => {
    expect(unpack({ bits: 24, format: FLOAT }, hex)).toEqual([expected]);
    const swapped = Buffer.from(hex, 'hex').reverse().toString('hex');
    expect(unpack({ bits: 24, format: FLOAT }, swapped, true)).toEqual([expected]);
  });
});

describe('integers', () => {
  it.each<[string, number, number, string, boolean, readonly number[]]>([
    ['bits from the high one down', 1, UNSIGNED, 'a1', false, [1, 0, 1, 0, 0, 0, 0, 1]],
    ['12 bits, whatever the byte order', 12, UNSIGNED, 'abc123', true, [0xabc, 0x123]],
    ['signed 12 bits', 12, SIGNED, '8007ff', false, [-2048, 2047]],
    ['signed 3 bits', 3, SIGNED, 'e5', false, [-1, 1]],
    ['31 bits across bytes', 31, UNSIGNED, 'fffffffe', false, [2 ** 31 - 1]],
    ['signed 24 bits', 24, SIGNED, 'ffffff800000', false, [-1, -(2 ** 23)]],
    ['24 bits, little-endian', 24, UNSIGNED, '010203', true, [0x030201]],
    ['signed 64 bits', 64, SIGNED, 'ffffffffffffffff', false, [-1]],
    ['64 bits', 64, UNSIGNED, '0000000100000000', false, [2 ** 32]],
    ['signed 32 bits, little-endian', 32, SIGNED, 'feffffff', true, [-2]],
  ])('%s', (_, bits, format, hex, littleEndian, expected) => {
    expect(unpack({ bits, format }, hex, littleEndian)).toEqual(expected);
  });

  it('take every place that they are told', () => {
    const into = new Float64Array(6);
    unpackerOf({ bits: 8, format: UNSIGNED }, true)(Uint8Array.of(7, 8), 2, into, 1, 3);
    expect([...into]).toEqual([0, 7, 0, 0, 8, 0]);
  });
});

describe('types that nobody has defined', () => {
  it.each([
    [17, FLOAT],
    [8, FLOAT],
    [48, UNSIGNED],
    [40, UNSIGNED],
    [47, UNSIGNED],
  ])('are refused: %d bits of format %d', (bits, format) => {
    expect(() => unpackerOf({ bits, format }, true)).toThrow(`samples of ${bits} bits`);
  });
});
