import type { JpegColours } from '../../header/jpeg-colours.ts';

/** Markers of JPEG (ITU-T T.81, table B.1), without their first byte 0xFF. */
const MARKER = { sof0: 0xc0, sof1: 0xc1, dht: 0xc4, soi: 0xd8, eoi: 0xd9, sos: 0xda } as const;
const [DQT, DRI] = [0xdb, 0xdd];
const [APP0, APP14] = [0xe0, 0xee];

/** The head of a baseline JPEG, before its scan. */
export interface JpegHead {
  /** The segments DQT, DHT and DRI, including markers. */
  readonly tables: readonly Uint8Array[];
  readonly width: number;
  /**
   * Identifier, sampling factors (a nibble each) and quantisation table of each component, as in
   * SOF.
   */
  readonly components: readonly (readonly [number, number, number])[];
  /** The header of the scan; undefined if the head ends before it. */
  readonly scan: ScanHead | undefined;
  /** What it says about its colours besides the components. */
  readonly says: Omit<JpegColours, 'components'>;
}

/** The header of a scan: the body of SOS. */
export interface ScanHead {
  readonly body: Uint8Array;
  /** Where the scan's data begin. */
  readonly dataAt: number;
}

/** The header of a scan that begins here, if there is one. */
export function readScanHead(bytes: Uint8Array, at: number, end: number): ScanHead | undefined {
  if (bytes[at] !== 0xff || bytes[at + 1] !== MARKER.sos) return undefined;
  const dataAt = at + 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
  return dataAt <= end ? { body: bytes.subarray(at + 4, dataAt), dataAt } : undefined;
}

/**
 * Reads a JPEG from its start (SOI) to its first scan. Undefined if there is none; throws for JPEGs
 * that are not baseline.
 */
export function readJpegHead(bytes: Uint8Array, start: number, end: number): JpegHead | undefined {
  const byte = (at: number) => bytes[at] ?? 0;
  const short = (at: number) => byte(at) * 256 + byte(at + 1);
  if (short(start) !== 0xff00 + MARKER.soi) return undefined;
  const tables: Uint8Array[] = [];
  let frame: Pick<JpegHead, 'width' | 'components'> | undefined;
  let [jfif, adobe]: [boolean, number | undefined] = [false, undefined];
  const text = (at: number, length: number) =>
    String.fromCharCode(...bytes.subarray(at, at + length));
  for (let at = start + 2; at + 4 <= end && byte(at) === 0xff; ) {
    const marker = byte(at + 1);
    const next = at + 2 + short(at + 2);
    if (next > end) return undefined;
    if ([MARKER.dht, DQT, DRI].includes(marker)) tables.push(bytes.subarray(at, next));
    else if (marker === APP0 && text(at + 4, 4) === 'JFIF') jfif = true;
    else if (marker === APP14 && text(at + 4, 5) === 'Adobe') adobe = byte(at + 15);
    else if (marker === MARKER.sof0 || marker === MARKER.sof1)
      frame = {
        width: short(at + 7),
        components: Array.from({ length: byte(at + 9) }, (_, i) => {
          const from = at + 10 + i * 3;
          return [byte(from), byte(from + 1), byte(from + 2)] as const;
        }),
      };
    else if (marker > MARKER.sof1 && marker < 0xd0 && marker !== 0xc8 && marker !== 0xcc)
      throw new Error('Old-style JPEG that is not baseline is not supported');
    else if (marker === MARKER.sos)
      return (
        frame && { ...frame, tables, says: { jfif, adobe }, scan: readScanHead(bytes, at, end) }
      );
    at = next;
  }
  return frame && { ...frame, tables, says: { jfif, adobe }, scan: undefined };
}

/**
 * The data of one scan, up to the next marker or `end`; a restart marker at the very end belongs to
 * the next strip. Throws if another scan follows, because colours are missing then.
 */
export function scanData(bytes: Uint8Array, start: number, end: number): Uint8Array {
  for (
    let at = bytes.indexOf(0xff, start);
    at !== -1 && at + 1 < end;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const marker = bytes[at + 1] ?? 0;
    const isRestart = marker >= 0xd0 && marker <= 0xd7;
    if (isRestart && at + 2 === end) return bytes.subarray(start, at);
    if (marker === 0 || marker === 0xff || isRestart) continue;
    if (marker !== MARKER.eoi) throw new Error('Old-style JPEG in several scans is not supported');
    return bytes.subarray(start, at);
  }
  return bytes.subarray(start, end);
}

/**
 * The body of a valid baseline scan header (T.81, B.2.3): some writers leave its last bytes, which
 * only progressive scans need, as zeros.
 */
export function baselineScan(body: Uint8Array): number[] {
  const [count = 0] = body;
  return [...body.subarray(0, 1 + count * 2), 0, 63, 0];
}

/** A separate JPEG: the tables, a frame of this size, and the data of one scan. */
export function assembleJpeg(
  { tables, components }: Pick<JpegHead, 'tables' | 'components'>,
  scan: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  data: Uint8Array,
): Uint8Array[] {
  const frame = [8, height >> 8, height & 255, width >> 8, width & 255, components.length];
  return [
    Uint8Array.of(0xff, MARKER.soi),
    ...tables,
    markerSegment(MARKER.sof0, [...frame, ...components.flat()]),
    markerSegment(MARKER.sos, baselineScan(scan)),
    data,
    Uint8Array.of(0xff, MARKER.eoi),
  ];
}

/** A Huffman table (DHT) or quantisation table (DQT) with its class and number. */
export function tableSegment(kind: 'quantisation' | 'dc' | 'ac', number: number, body: Uint8Array) {
  const marker = kind === 'quantisation' ? DQT : MARKER.dht;
  return markerSegment(marker, [(kind === 'ac' ? 16 : 0) + number, ...body]);
}

/** A restart marker follows every `interval` units of the scan. */
export function restartSegment(interval: number): Uint8Array {
  return markerSegment(DRI, [interval >> 8, interval & 255]);
}

function markerSegment(marker: number, body: ArrayLike<number>): Uint8Array {
  const length = body.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 255, ...Array.from(body));
}
