import { CODE_BITS } from './codes.ts';
import {
  type Bits,
  type Changes,
  EOL_ZEROS,
  peek,
  takeRow,
  takeRowBelow,
  whiteRow,
} from './rows.ts';

/** How a fax is coded. */
export interface FaxCoding {
  /**
   * Compression: 2 and 32 771 run lengths, with rows aligned to bytes or words; 3 Group 3; 4 Group
   * 4.
   */
  readonly compression: number;
  /** T4Options (TIFF 6.0, section 11): 1 for rows coded by the one above. */
  readonly options: number;
  /** Pixels of a row. */
  readonly width: number;
}

/** The content of a strip. */
export interface FaxStrip {
  /** Number of rows, including damaged ones. */
  readonly rows: number;
  /** Indices of damaged rows in the strip, from 0. */
  readonly damaged: readonly number[];
  /** Group 3 without end-of-line codes. */
  readonly withoutCodes: boolean;
  /**
   * How it ends: with its end code (RTC, EOFB), with its data (perhaps within a row, which does not
   * count then), or before them.
   */
  readonly end: 'code' | 'nothing' | 'rest';
}

const [GROUP_3, GROUP_4, WORDS] = [3, 4, 32_771];
const TWO_DIMENSIONAL = 1;
/** This many end-of-line codes end a Group 3 fax (T.4, 4.1.4). */
const RTC = 6;

/**
 * Decodes up to `most` rows of a strip or tile; `use` gets each in a reused buffer. Stops at
 * invalid data. In Group 3 a damaged row ends at the next end-of-line code.
 */
export function takeStrip(
  data: Uint8Array,
  coding: FaxCoding,
  rows: number,
  use: (row: Changes, y: number) => void,
): FaxStrip {
  const bits: Bits = { data, at: 0 };
  if (coding.compression === GROUP_3) return takeGroup3(bits, coding, rows, use);
  const { width, compression } = coding;
  const isGroup4 = compression === GROUP_4;
  const step = compression === WORDS ? 16 : 8;
  let [above, row] = [whiteRow(width), whiteRow(width)];
  for (let y = 0; y < rows; y++) {
    const start = bits.at;
    const isThere = isGroup4 ? takeRowBelow(bits, above, row, width) : takeRow(bits, row, width);
    if (!isThere) {
      const isOver = endsHere(bits);
      bits.at = start;
      const end = endOf(bits, isGroup4);
      return {
        rows: y,
        damaged: [],
        withoutCodes: false,
        end: isOver && end !== 'code' ? 'nothing' : end,
      };
    }
    use(row, y);
    [above, row] = [row, above];
    if (!isGroup4) bits.at = Math.ceil(bits.at / step) * step;
  }
  return { rows, damaged: [], withoutCodes: false, end: endOf(bits, isGroup4) };
}

function endOf(bits: Bits, isGroup4: boolean): FaxStrip['end'] {
  // EOFB: two end-of-line codes (T.6, 2.4.1.1).
  if (isGroup4 && peek(bits, 12) === 1 && peek({ ...bits, at: bits.at + 12 }, 12) === 1)
    return 'code';
  return nextOne(bits) === undefined ? 'nothing' : 'rest';
}

/** Whether the invalid data may be a code cut by the end of the data. */
function endsHere({ data, at }: Bits): boolean {
  return at + CODE_BITS > data.length * 8;
}

function takeGroup3(
  bits: Bits,
  { width, options }: FaxCoding,
  rows: number,
  use: (row: Changes, y: number) => void,
): FaxStrip {
  const isTwoDimensional = (options & TWO_DIMENSIONAL) !== 0;
  const damaged: number[] = [];
  const white = whiteRow(width);
  let [above, row] = [whiteRow(width), whiteRow(width)];
  let [y, isCoded] = [0, false];
  const ended = (end: FaxStrip['end']) => {
    return { rows: y, damaged, withoutCodes: !isCoded && y > 1, end };
  };
  while (y < rows) {
    const { codes, alone } = takeEndsOfLine(bits, isTwoDimensional);
    const isOver = nextOne(bits) === undefined;
    if (codes >= RTC || (codes > 1 && isOver)) return ended('code');
    if (isOver) return ended('nothing');
    // Between two end-of-line codes a row was lost.
    for (let lost = 1; lost < codes && y < rows; lost++) {
      damaged.push(y);
      use(white, y++);
    }
    if (y === rows) break;
    // The first row may have no code; if the others do not agree, some are damaged.
    if (y > 0 && codes > 0 !== isCoded && (y > 1 || codes === 0)) return ended('rest');
    isCoded ||= codes > 0;
    if (codes === 0 && isTwoDimensional) return ended('rest');
    if (!alone) {
      if (!takeRowBelow(bits, above, row, width)) return ended(endsHere(bits) ? 'nothing' : 'rest');
    } else if (!takeRow(bits, row, width)) {
      const isOver = endsHere(bits);
      if (!skipToEndOfLine(bits)) return ended(isOver ? 'nothing' : 'rest');
      damaged.push(y);
    }
    use(row, y++);
    [above, row] = [row, above];
  }
  const { codes } = takeEndsOfLine(bits, isTwoDimensional);
  if (codes >= RTC) return ended('code');
  return ended(nextOne(bits) === undefined ? 'nothing' : 'rest');
}

/** Skips the end-of-line codes here; the last one tells whether the next row is coded by itself. */
function takeEndsOfLine(bits: Bits, isTwoDimensional: boolean) {
  let [codes, alone] = [0, true];
  for (;;) {
    const one = nextOne(bits);
    if (one === undefined || one - bits.at < EOL_ZEROS) return { codes, alone };
    codes++;
    bits.at = one + 1;
    if (isTwoDimensional) alone = peek(bits, 1) === 1;
    if (isTwoDimensional) bits.at++;
  }
}

/** Skips to the next end-of-line code; false if there is none. */
function skipToEndOfLine(bits: Bits): boolean {
  for (;;) {
    const one = nextOne(bits);
    if (one === undefined) return false;
    if (one - bits.at >= EOL_ZEROS) return true;
    bits.at = one + 1;
  }
}

/** Position of the next 1; undefined if only zeros follow. */
function nextOne({ data, at }: Bits): number | undefined {
  let byte = at >> 3;
  let rest = (data[byte] ?? 0) & (0xff >> (at & 7));
  while (rest === 0) {
    if (++byte >= data.length) return undefined;
    rest = data[byte] as number;
  }
  return byte * 8 + Math.clz32(rest) - 24;
}
