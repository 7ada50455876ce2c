import { groupDigits } from '../../../../group-digits.ts';
import type { TiffPage } from '../../../header/tiff-header.ts';
import { numbersOf, type TiffTags } from '../../../header/tiff-tags.ts';
import type { ConversionNote } from '../../../messages.ts';
import { paint } from './rows.ts';
import { type FaxStrip, takeStrip } from './strip.ts';

/** Decodes the strips or tiles of a fax, and collects notes. */
export interface FaxPage {
  /**
   * Decodes a strip or tile into packed rows; `index` is its place in the file's list. Throws an
   * `Error` that completes "cannot be decoded: " if more rows are damaged or missing than a fax may
   * have.
   */
  decode(data: Uint8Array, into: Uint8Array, place: FaxPlace): Uint8Array;
  /** What was forgiven, once all strips are decoded. */
  notes(): ConversionNote[];
}

/** A strip or tile, and what must be in it. */
export interface FaxPlace {
  readonly index: number;
  /** Pixels across, and rows. */
  readonly width: number;
  readonly rows: number;
  /**
   * Bytes of the file after it; undefined if its length is unknown, so that it must end with its
   * end code.
   */
  readonly bytesBehind: number | undefined;
}

const T4_OPTIONS = 292;
/** The tags that a fax is decoded with. */
export const FAX_TAGS: readonly number[] = [T4_OPTIONS];
const [WHITE_IS_ZERO, BLACK_IS_ZERO] = [0, 1];

/**
 * This share of a page's rows may be damaged, or missing at its end; more make the picture
 * unreliable.
 */
const FORGIVEN = { share: 0.01, leastDamaged: 2 } as const;

/** Starts reading a page with one 1-bit sample, coded as a fax (TIFF 6.0, sections 10 and 11). */
export function faxPage(page: TiffPage, tags: TiffTags): FaxPage {
  const { compression, height, segments, photometric } = page;
  const across = Math.ceil(page.width / (segments?.width ?? page.width));
  /** The rows of a strip or tile that are in the page; tiles are padded. */
  const rowsOf = (index: number, rows: number) =>
    Math.min(rows, height - Math.floor(index / across) * (segments?.height ?? 0));
  const [options = 0] = numbersOf(tags, T4_OPTIONS) ?? [];
  const strips = new Map<number, FaxStrip & { readonly missing: number }>();
  const isLast = (index: number) => segments?.kind === 'strips' && index === segments.needed - 1;
  return {
    decode: (data, into, { index, width, rows, bytesBehind }) => {
      const rowBytes = into.length / rows;
      into.fill(0);
      const strip = takeStrip(data, { compression, options, width }, rows, (row, y) =>
        paint(row, width, into.subarray(y * rowBytes, (y + 1) * rowBytes)),
      );
      const missing = Math.max(0, rowsOf(index, rows) - strip.rows);
      strips.set(index, { ...strip, missing });
      if (missing > 0 && !(isLast(index) && isEnded(strip, bytesBehind) && isTold(photometric)))
        throw new Error(
          `row ${groupDigits(strip.rows + 1)} of ${groupDigits(rows)} is damaged, or missing`,
        );
      if (bytesBehind === undefined && strip.end !== 'code')
        throw new Error('its data have no end marker');
      if (missing > height * FORGIVEN.share) throw new Error(tooMany(missing, height, 'missing'));
      const damaged = [...strips.values()].reduce((sum, one) => sum + one.damaged.length, 0);
      if (damaged > Math.max(FORGIVEN.leastDamaged, height * FORGIVEN.share))
        throw new Error(tooMany(damaged, height, 'damaged'));
      // Paper is white.
      if (photometric === BLACK_IS_ZERO) into.fill(0xff, strip.rows * rowBytes);
      return into;
    },
    notes: () => notesOn(strips, page),
  };
}

/** Writers pad to even offsets; that is not further data. */
const PADDING = 1;

/** Whether a strip has reached its own end, whatever the file: it was not cut off. */
function isEnded({ end }: FaxStrip, bytesBehind: number | undefined): boolean {
  if (bytesBehind === undefined) return false;
  return end === 'code' || (end === 'nothing' && bytesBehind > PADDING);
}

function isTold(photometric: number | undefined): boolean {
  return photometric === WHITE_IS_ZERO || photometric === BLACK_IS_ZERO;
}

function tooMany(rows: number, height: number, what: string): string {
  const are = rows === 1 ? 'is' : 'are';
  return `${groupDigits(rows)} of the ${groupDigits(height)} rows of the fax ${are} ${what}, more than 1 %`;
}

function notesOn(
  strips: ReadonlyMap<number, FaxStrip & { readonly missing: number }>,
  { height, segments }: TiffPage,
): ConversionNote[] {
  const all = [...strips].sort(([a], [b]) => a - b);
  const notes: ConversionNote[] = [];
  if (all.some(([, { withoutCodes }]) => withoutCodes))
    notes.push({
      code: 'WARNINGS_FORGIVEN',
      message:
        'The TIFF breaks the specification, but its picture is complete: its Group 3 data have no end-of-line codes',
    });
  const lineOf = (index: number, row: number) =>
    segments?.kind === 'tiles'
      ? `line ${row} of tile ${index}`
      : `line ${index * (segments?.height ?? 0) + row}`;
  const damaged = all.flatMap(([index, strip]) => strip.damaged.map((row) => lineOf(index, row)));
  if (damaged.length > 0)
    notes.push({
      code: 'FAX_LINES_DAMAGED',
      message: `${damaged.length === 1 ? '1 fax line is' : `${damaged.length} fax lines are`} damaged (${damaged.join(', ')}); the rest is complete`,
    });
  const missing = all.reduce((sum, [, strip]) => sum + strip.missing, 0);
  if (missing > 0)
    notes.push({
      code: 'FAX_ROWS_MISSING',
      message: `The last ${groupDigits(missing)} of ${groupDigits(height)} fax rows ${missing === 1 ? 'has' : 'have'} no data; in the JPEG ${missing === 1 ? 'it is' : 'they are'} white`,
    });
  return notes;
}
