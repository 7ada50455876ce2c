import { randomNumbers } from '../../support/noise.ts';

/** A mutated file, and what was done to it. */
export interface Mutant {
  readonly bytes: Buffer;
  readonly how: string;
  /** Whether only its end is missing: what it still gives must be what the whole file gives. */
  readonly truncated: boolean;
}

/** Whose turn it is by the seed, and the numbers that it is mutated with. */
export function drawOriginal<T>(
  all: readonly T[],
  seed: number,
): [original: T, random: () => number] {
  const random = randomNumbers(seed);
  return [oneOf(all, random), random];
}

/** One of several. */
export function oneOf<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)] as T;
}

/** Numbers that programs trip over: limits, powers of two, and around them. */
const INTERESTING = [
  0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0xffffffff,
];

/** One of the damages that files really have, or that somebody does to them. */
export function mutate(original: Buffer, random: () => number): Mutant {
  const below = (end: number) => Math.floor(random() * end);
  const kind = below(10);
  if (kind === 0) {
    const length = below(original.length);
    return { bytes: original.subarray(0, length), how: `cut at ${length}`, truncated: true };
  }
  const bytes = Buffer.from(original);
  const hits = 1 + below(kind < 6 ? 6 : 2);
  const done: string[] = [];
  for (let i = 0; i < hits; i++)
    done.push(kind < 6 ? hitByte(bytes, below, kind < 4) : hitField(bytes, below));
  return { bytes, how: done.join('; '), truncated: false };
}

/** Some byte, anywhere or where the header most often is. */
function hitByte(bytes: Buffer, below: (end: number) => number, anywhere: boolean): string {
  const at = below(anywhere ? bytes.length : Math.min(512, bytes.length));
  const value = below(256);
  bytes[at] = value;
  return `byte ${at} = ${value}`;
}

/** A field of an entry of the first directory: its tag, type, count, or value. */
function hitField(bytes: Buffer, below: (end: number) => number): string {
  const bigEndian = bytes[0] === 0x4d;
  const word = (at: number) => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const big = bytes[bigEndian ? 3 : 2] === 43;
  const directory = big ? word(bigEndian ? 12 : 8) : word(4);
  const size = big ? 20 : 12;
  const at = directory + (big ? 8 : 2) + below(16) * size + 2 * below(size / 2);
  if (at + 4 > bytes.length) return hitByte(bytes, below, true);
  const value = INTERESTING[below(INTERESTING.length)] ?? 0;
  const wide = below(2) === 1;
  const written = Buffer.alloc(wide ? 4 : 2);
  written.writeUIntLE(wide ? value : value & 0xffff, 0, written.length);
  bytes.set(bigEndian ? written.reverse() : written, at);
  return `field at ${at} = ${value}${wide ? '' : ' (short)'}`;
}

const SIDES = [256, 257];

/** Where a directory tells of those below it: the page may be among them. */
const SUB_IFDS = 330;

/**
 * The same file with a first page of width or height 0, or both; undefined where its directory is
 * not found, or has others below it, one of which may be the page.
 */
export function withoutPixels(original: Buffer, random: () => number): Buffer | undefined {
  const bytes = Buffer.from(original);
  const bigEndian = bytes[0] === 0x4d;
  const word = (at: number) => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  const short = (at: number) => (bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at));
  const big = bytes[bigEndian ? 3 : 2] === 43;
  const directory = big ? word(bigEndian ? 12 : 8) : word(4);
  const [size, value, before] = big ? [20, 12, 8] : [12, 8, 2];
  const wanted = SIDES.filter(() => random() < 0.5);
  if (directory + before > bytes.length) return undefined;
  // Of BigTIFF's count of 8 bytes the last two, in its byte order, are all that such files use.
  const count = short(big && bigEndian ? directory + 6 : directory);
  const entries = Array.from({ length: count }, (_, i) => directory + before + i * size);
  const whole = entries.filter((at) => at + size <= bytes.length);
  if (whole.some((at) => short(at) === SUB_IFDS)) return undefined;
  const sides = whole.filter((at) => (wanted.length > 0 ? wanted : SIDES).includes(short(at)));
  for (const at of sides) bytes.fill(0, at + value, at + size);
  return sides.length > 0 ? bytes : undefined;
}
