import { RUN_CODES } from '../../src/lib/convert/fallback/samples/fax/codes.ts';
import type { TiffPage } from './tiff-writer.ts';

/** Rows of pixels: 1 is black. */
type FaxRows = readonly (readonly number[])[];

/** How a strip of a fax is coded. */
interface FaxStripCoding {
  /**
   * Run lengths in whole bytes (Compression 2), Group 3 of one or two dimensions (3), or Group 4
   * (4).
   */
  readonly coding: 'rle' | 'group 3' | 'group 3 2D' | 'group 4';
  /** Group 3: whether end-of-line codes stand before the rows. Default: yes. */
  readonly endsOfLine?: boolean;
  /** Whether the first row goes without its end-of-line code. */
  readonly bareStart?: boolean;
  /** Whether the end code follows (RTC, EOFB). Default: yes, where end-of-line codes are. */
  readonly endCode?: boolean;
  /** Rows in whose place a code stands that there is not. */
  readonly spoiled?: readonly number[];
  /** Bits behind the last row, for faxes that do not end as they should. */
  readonly trash?: string;
}

/** A fax, cut and coded. */
export interface FaxCoding extends FaxStripCoding {
  readonly rowsPerStrip?: number;
  /** Square tiles of so many pixels instead. */
  readonly tile?: number;
  /** FillOrder 2: the lowest bit of a byte comes first. */
  readonly lowestFirst?: boolean;
  /** So many of the last rows have no data. */
  readonly missing?: number;
  readonly page?: Partial<TiffPage>;
}

const EOL = '000000000001';
const [SHORT, LONG] = [3, 4];
const COMPRESSION = { rle: 2, 'group 3': 3, 'group 3 2D': 3, 'group 4': 4 } as const;

/**
 * A picture with runs of many lengths, alike from row to row as pages are, and noise at its end.
 */
export function faxRows(width: number, height: number): FaxRows {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      if (y % 16 === 7) return 0;
      if (x > width * 0.8 && y > height / 2) return ((x * 7919 + y * 104_729) >> 3) & 1;
      return Math.sin(x / (3 + (y >> 3)) + y / 9) > 0.6 ? 1 : 0;
    }),
  );
}

/** A page of a TIFF that is a fax, as no encoder at hand writes it. */
export function faxPage(rows: FaxRows, fax: FaxCoding): TiffPage {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const { coding, tile, missing = 0, rowsPerStrip = height, lowestFirst = false } = fax;
  const parts = tile ? tilesOf(rows, tile) : stripsOf(rows, rowsPerStrip);
  const segments = parts.map((part, i) => {
    const last = i === parts.length - 1 ? part.length - missing : part.length;
    const bytes = even(faxStrip(part.slice(0, last), fax));
    return lowestFirst ? bytes.map(reversed) : bytes;
  });
  const { entries = [], ...page } = fax.page ?? {};
  return {
    width,
    height,
    samplesPerPixel: 1,
    bitsPerSample: 1,
    photometric: 0,
    compression: COMPRESSION[coding],
    data: new Uint8Array(0),
    segments,
    ...(tile ? { tile: { width: tile, height: tile } } : { rowsPerStrip }),
    ...page,
    entries: [
      ...(coding === 'group 3 2D' ? [{ tag: 292, type: LONG, values: [1] }] : []),
      ...(lowestFirst ? [{ tag: 266, type: SHORT, values: [2] }] : []),
      ...entries,
    ],
  };
}

/** The data of one strip. */
function faxStrip(rows: FaxRows, fax: FaxStripCoding): Uint8Array {
  const { coding, endsOfLine = coding.startsWith('group 3'), trash = '', spoiled } = fax;
  const { endCode = endsOfLine || coding === 'group 4' } = fax;
  let bits = '';
  let above: readonly number[] = (rows[0] ?? []).map(() => 0);
  rows.forEach((row, y) => {
    const below = coding === 'group 4' || (coding === 'group 3 2D' && y % 4 !== 0);
    if (endsOfLine && !(y === 0 && fax.bareStart))
      bits += EOL + (coding === 'group 3 2D' ? (below ? '0' : '1') : '');
    if (spoiled?.includes(y)) bits += '000000001';
    else bits += below ? rowBelow(row, above) : rowAlone(row);
    if (coding === 'rle') bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    above = row;
  });
  bits += trash;
  if (endCode && coding === 'group 4') bits += EOL + EOL;
  else if (endCode && coding !== 'rle')
    bits += (EOL + (coding === 'group 3 2D' ? '1' : '')).repeat(6);
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
}

function codeOf(run: number, colour: number): string {
  const codes = RUN_CODES[colour] ?? [];
  if (run >= 2560) return (codes[103] ?? '') + codeOf(run - 2560, colour);
  const long = run >= 64 ? (codes[63 + Math.floor(run / 64)] ?? '') : '';
  return long + (codes[run % 64] ?? '');
}

/** Where the colour changes for the first time at `from` or behind it, if it is `colour` there. */
function endOf(row: readonly number[], from: number, colour: number): number {
  let at = from;
  while (at < row.length && row[at] === colour) at++;
  return at;
}

function rowAlone(row: readonly number[]): string {
  let bits = '';
  for (let [at, colour] = [0, 0]; at < row.length; colour ^= 1) {
    const end = endOf(row, at, colour);
    bits += codeOf(end - at, colour);
    at = end;
  }
  return bits;
}

const VERTICAL = ['0000010', '000010', '010', '1', '011', '000011', '0000011'];

/** ITU-T T.4, 4.2.1.3. */
function rowBelow(row: readonly number[], above: readonly number[]): string {
  const { length } = row;
  const at = (line: readonly number[], x: number) => (x < 0 ? 0 : (line[x] ?? 0));
  const change = (line: readonly number[], from: number) => {
    let x = from;
    while (x < length && at(line, x) === at(line, x - 1)) x++;
    return Math.min(x, length);
  };
  let bits = '';
  for (let [a0, colour] = [-1, 0]; a0 < length; ) {
    let b1 = change(above, a0 + 1);
    if (b1 < length && at(above, b1) === colour) b1 = change(above, b1 + 1);
    const b2 = b1 < length ? change(above, b1 + 1) : length;
    const start = Math.max(0, a0);
    const a1 = endOf(row, start, colour);
    if (b2 < a1) {
      bits += '0001';
      a0 = b2;
    } else if (Math.abs(a1 - b1) <= 3) {
      bits += VERTICAL[a1 - b1 + 3];
      a0 = a1;
      colour ^= 1;
    } else {
      const a2 = endOf(row, a1, colour ^ 1);
      bits += `001${codeOf(a1 - start, colour)}${codeOf(a2 - a1, colour ^ 1)}`;
      a0 = a2;
    }
  }
  return bits;
}

function stripsOf(rows: FaxRows, rowsPerStrip: number): FaxRows[] {
  const strips: FaxRows[] = [];
  for (let top = 0; top < rows.length; top += rowsPerStrip)
    strips.push(rows.slice(top, top + rowsPerStrip));
  return strips;
}

function tilesOf(rows: FaxRows, side: number): FaxRows[] {
  const tiles: FaxRows[] = [];
  for (let top = 0; top < rows.length; top += side)
    for (let left = 0; left < (rows[0]?.length ?? 0); left += side)
      tiles.push(
        Array.from({ length: side }, (_, y) =>
          Array.from({ length: side }, (_, x) => rows[top + y]?.[left + x] ?? 0),
        ),
      );
  return tiles;
}

/** Offsets are even, and what fills them up is counted. */
function even(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Uint8Array.from([...bytes, 0]);
}

function reversed(byte: number): number {
  return Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2);
}
