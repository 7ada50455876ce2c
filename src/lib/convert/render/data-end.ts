import type { FileHandle } from 'node:fs/promises';

/** Compression of TIFF 6.0 (sections 10 and 11) and supplement 2. */
const [GROUP_3, GROUP_4, JPEG] = [3, 4, 7];

/**
 * Takes the bytes of a strip or tile one by one, and returns whether the data end with this one.
 */
type Scanner = (byte: number) => boolean;

/** Data of unknown length. */
export interface OpenData {
  readonly start: number;
  /** The most bytes they can have. */
  readonly most: number;
  readonly compression: number;
  /** FillOrder 2: lowest bit first. */
  readonly reversed: boolean;
}

/** Read at once, in bytes. */
const CHUNK = 1 << 20;

/**
 * Finds the length of a strip's or tile's data from their end marker: EOFB of Group 4, RTC of Group
 * 3, EOI of JPEG, none of which can occur inside data. Undefined if there is none. Throws what
 * reading throws.
 */
export async function dataBytes(
  file: FileHandle,
  { start, most, compression, reversed }: OpenData,
): Promise<number | undefined> {
  const ends = scannerOf(compression, reversed);
  if (!ends) return undefined;
  const chunk = new Uint8Array(Math.min(CHUNK, most));
  for (let at = 0; at < most; ) {
    const length = Math.min(chunk.length, most - at);
    const { bytesRead } = await file.read(chunk, 0, length, start + at);
    if (bytesRead === 0) return undefined;
    for (let i = 0; i < bytesRead; i++) if (ends(chunk[i] ?? 0)) return at + i + 1;
    at += bytesRead;
  }
  return undefined;
}

function scannerOf(compression: number, reversed: boolean): Scanner | undefined {
  if (compression === GROUP_4) return faxEnd({ lines: 2, filled: false, reversed });
  if (compression === GROUP_3) return faxEnd({ lines: 6, filled: true, reversed });
  return compression === JPEG ? jpegEnd() : undefined;
}

/**
 * This many zeros and a one are an end of line (ITU-T T.4, 4.1.2); no code for pixels begins so.
 */
const EOL_ZEROS = 11;

interface FaxEnd {
  /** Number of consecutive ends of line. */
  readonly lines: number;
  /**
   * Whether fill zeros may precede each of them, and a tag bit of two-dimensional coding follow.
   */
  readonly filled: boolean;
  readonly reversed: boolean;
}

function faxEnd({ lines, filled, reversed }: FaxEnd): Scanner {
  let [zeros, ends, isTag] = [0, 0, false];
  return (byte) => {
    for (let i = 0; i < 8; i++) {
      if (((byte >> (reversed ? i : 7 - i)) & 1) === 0) {
        zeros++;
        continue;
      }
      // Zeros before the first may belong to what precedes it.
      const isEnd = filled || ends === 0 ? zeros >= EOL_ZEROS : zeros === EOL_ZEROS;
      if (isEnd) ends++;
      else if (!(filled && isTag && zeros === 0)) ends = zeros >= EOL_ZEROS ? 1 : 0;
      isTag = isEnd;
      zeros = 0;
      if (ends === lines) return true;
    }
    return false;
  };
}

const [SOI, EOI] = [0xd8, 0xd9];

/** Scans the segments of a JPEG and the data of its scans (ITU-T T.81, annex B). */
function jpegEnd(): Scanner {
  let at = 0;
  let state: 'data' | 'marker' | 'high' | 'low' | 'segment' | 'none' = 'data';
  let left = 0;
  return (byte) => {
    at++;
    if (at <= 2 && byte !== [0xff, SOI][at - 1]) state = 'none';
    if (state === 'data') {
      if (byte === 0xff) state = 'marker';
    } else if (state === 'marker') {
      if (byte === EOI) return true;
      // A stuffed zero, a restart, TEM and SOI have no length; further 0xFF bytes are fill.
      const alone = byte <= 1 || (byte >= 0xd0 && byte <= SOI);
      if (byte !== 0xff) state = alone ? 'data' : 'high';
    } else if (state === 'high') {
      left = byte * 256;
      state = 'low';
    } else if (state === 'low') {
      left += byte - 2;
      state = left > 0 ? 'segment' : 'data';
    } else if (state === 'segment' && --left === 0) state = 'data';
    return false;
  };
}
