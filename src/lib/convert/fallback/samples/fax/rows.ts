import {
  CODE_BITS,
  codeTable,
  HORIZONTAL,
  MODE_BITS,
  MODE_CODES,
  PASS,
  RUN_CODES,
  runAt,
} from './codes.ts';

/** Bits of a fax, highest bit of a byte first. */
export interface Bits {
  readonly data: Uint8Array;
  /** Position of the next bit. */
  at: number;
}

const RUNS = RUN_CODES.map((codes) => codeTable(codes, CODE_BITS));
const MODES = codeTable(MODE_CODES, MODE_BITS);

/** The next bits as a number, at most 16; zeros follow the last one. */
export function peek({ data, at }: Bits, count: number): number {
  const byte = at >> 3;
  const held = ((data[byte] ?? 0) << 16) | ((data[byte + 1] ?? 0) << 8) | (data[byte + 2] ?? 0);
  return (held >> (24 - (at & 7) - count)) & ((1 << count) - 1);
}

/** An end-of-line code (T.4, 4.1.2) is a 1 after at least this many zeros. */
export const EOL_ZEROS = 11;

/**
 * The length of a run; undefined if there is no valid code. With `open`, an end of line may replace
 * the code for less than 64 pixels, as in libtiff.
 */
function takeRun(bits: Bits, black: number, open = false): number | undefined {
  const table = RUNS[black] as Uint16Array;
  for (let length = 0; ; ) {
    const entry = table[peek(bits, CODE_BITS)] as number;
    if (entry === 0) return open && length > 0 && peek(bits, EOL_ZEROS) === 0 ? length : undefined;
    bits.at += entry & 15;
    const run = runAt(entry >> 4);
    length += run;
    if (run < 64) return length;
  }
}

/**
 * A row as the positions where its colour changes, starting with white: `count` of them, then
 * `width` repeated. Rows are reused.
 */
export interface Changes {
  readonly places: Int32Array;
  count: number;
}

/** A white row. */
export function whiteRow(width: number): Changes {
  // A change at each pixel, an empty run at the beginning, and sentinels for looking ahead.
  return { places: new Int32Array(width + 8).fill(width), count: 0 };
}

function change(row: Changes, at: number): boolean {
  if (row.count >= row.places.length - 4) return false;
  row.places[row.count++] = at;
  return true;
}

function finish(row: Changes, width: number): void {
  row.places.fill(width, row.count, row.count + 4);
}

/**
 * Decodes a row coded by itself (T.4, 4.1). Returns whether its codes are valid and its runs as
 * long as the row; if not, the row has what came before.
 */
export function takeRow(bits: Bits, row: Changes, width: number): boolean {
  row.count = 0;
  let [at, black] = [0, 0];
  let isGood = true;
  while (isGood && at < width) {
    const run = takeRun(bits, black, true);
    if (run === undefined || at + run > width) isGood = false;
    else {
      at += run;
      black ^= 1;
      if (at < width) isGood = change(row, at);
    }
  }
  // The rest of a damaged row is white.
  if (!isGood && row.count % 2 === 1) change(row, at);
  finish(row, width);
  return isGood;
}

/**
 * Decodes a row coded as the difference from the one above (T.4, 4.2, and T.6). Returns whether it
 * is valid.
 */
export function takeRowBelow(bits: Bits, above: Changes, row: Changes, width: number): boolean {
  row.count = 0;
  let [at, black, next] = [-1, 0, 0];
  while (at < width) {
    const entry = MODES[peek(bits, MODE_BITS)] as number;
    if (entry === 0) return false;
    bits.at += entry & 15;
    const mode = entry >> 4;
    if (mode === HORIZONTAL) {
      for (let i = 0; i < 2; i++) {
        const run = takeRun(bits, black ^ i);
        at = Math.max(0, at) + (run ?? width + 1);
        if (at > width || (at < width && !change(row, at))) return false;
      }
      continue;
    }
    // The next change of the row above to the other colour, right of here.
    while (next > 0 && (above.places[next - 1] as number) > at) next--;
    while ((above.places[next] as number) <= at || (next & 1) !== black) next++;
    const place = above.places[next] as number;
    if (mode === PASS) {
      at = above.places[next + 1] as number;
      continue;
    }
    const to = place + mode - 3;
    if (to < Math.max(0, at) || to > width || (to < width && !change(row, to))) return false;
    at = to;
    black ^= 1;
  }
  finish(row, width);
  return true;
}

/** Sets the bits of a row's black pixels. */
export function paint({ places, count }: Changes, width: number, into: Uint8Array): void {
  for (let i = 0; i < count; i += 2) {
    const from = places[i] as number;
    const to = i + 1 < count ? (places[i + 1] as number) : width;
    setBits(into, from, to);
  }
}

function setBits(into: Uint8Array, from: number, to: number): void {
  if (to <= from) return;
  const [first, last] = [from >> 3, (to - 1) >> 3];
  const [head, tail] = [0xff >> (from & 7), (0xff << (7 - ((to - 1) & 7))) & 0xff];
  if (first === last) {
    into[first] = (into[first] as number) | (head & tail);
    return;
  }
  into[first] = (into[first] as number) | head;
  into.fill(0xff, first + 1, last);
  into[last] = (into[last] as number) | tail;
}
