import type { ByteReader } from './tiff-source.ts';

/** What a JPEG stream's own markers say about its colours. */
export interface JpegColours {
  readonly jfif: boolean;
  /** The transform of Adobe's segment: 0 none, 1 YCbCr. */
  readonly adobe: number | undefined;
  /** Identifier and sampling factors (a nibble each) of each component. */
  readonly components: readonly { readonly id: number; readonly sampling: number }[];
}

/** `JpegColours`, and how the stream is coded. */
export interface JpegMarkers extends JpegColours {
  /** Whether its frame is one of the progressive kinds (ITU-T T.81, table B.1). */
  readonly progressive: boolean;
}

const [RGB, YCBCR] = [2, 6] as const;

/**
 * PhotometricInterpretation of three components as JPEG decoders determine it (libjpeg's
 * `default_decompress_parms`): from JFIF, from Adobe's segment, from the identifiers. Undefined if
 * none of them says.
 */
export function photometricIn({ jfif, adobe, components }: JpegColours): 2 | 6 | undefined {
  if (components.length !== 3) return undefined;
  if (jfif || adobe === 1) return YCBCR;
  if (adobe === 0) return RGB;
  const ids = components.map(({ id }) => id);
  if (String.fromCharCode(...ids) === 'RGB') return RGB;
  // RGB never has subsampled chroma.
  const [first, ...others] = components.map(({ sampling }) => sampling);
  if (ids.join() === '1,2,3' || others.some((sampling) => sampling !== first)) return YCBCR;
  return undefined;
}

/**
 * How many pixels share a chroma sample, across and down; undefined if the stream is not YCbCr, or
 * TIFF has no numbers for it.
 */
export function subsamplingIn({
  components,
}: Pick<JpegColours, 'components'>): readonly [number, number] | undefined {
  const [luma = 0, ...chroma] = components.map(({ sampling }) => sampling);
  const [across, down] = [luma >> 4, luma & 15];
  if (chroma.length !== 2 || chroma.some((one) => one !== 0x11)) return undefined;
  return [across, down].every((one) => [1, 2, 4].includes(one)) ? [across, down] : undefined;
}

const MARKER = { app0: 0xe0, app14: 0xee, soi: 0xd8, sos: 0xda } as const;
/** More segments than stand before a frame. */
const MOST_SEGMENTS = 64;

/**
 * The markers of the JPEG at a position of the file; undefined if there is none. Throws what
 * reading throws.
 */
export async function readJpegMarkers(
  { read }: Pick<ByteReader, 'read'>,
  start: number,
): Promise<JpegMarkers | undefined> {
  const soi = await read(start, 2);
  if (soi?.getUint16(0) !== 0xff00 + MARKER.soi) return undefined;
  let [jfif, adobe, at]: [boolean, number | undefined, number] = [false, undefined, start + 2];
  for (let segment = 0; segment < MOST_SEGMENTS; segment++) {
    const head = await read(at, 4);
    if (head?.getUint8(0) !== 0xff) return undefined;
    const [marker, length] = [head.getUint8(1), head.getUint16(2)];
    if (marker === MARKER.sos || length < 2) return undefined;
    at += 2 + length;
    // The other segments are tables and camera data.
    if (!isTelling(marker)) continue;
    const body = await read(at - length + 2, length - 2);
    if (!body) return undefined;
    const text = (bytes: number) =>
      String.fromCharCode(...new Uint8Array(body.buffer, body.byteOffset, bytes));
    if (marker === MARKER.app0 && length >= 7 && text(4) === 'JFIF') jfif = true;
    if (marker === MARKER.app14 && length >= 14 && text(5) === 'Adobe') adobe = body.getUint8(11);
    if (isFrame(marker))
      return { jfif, adobe, components: componentsOf(body), progressive: (marker & 3) === 2 };
  }
  return undefined;
}

function isTelling(marker: number): boolean {
  return marker === MARKER.app0 || marker === MARKER.app14 || isFrame(marker);
}

/** SOF0 to SOF15, without the markers of tables among them. */
export function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function componentsOf(body: DataView): JpegColours['components'] {
  const count = body.byteLength < 6 ? 0 : body.getUint8(5);
  if (body.byteLength < 6 + count * 3) return [];
  return Array.from({ length: count }, (_, i) => ({
    id: body.getUint8(6 + i * 3),
    sampling: body.getUint8(7 + i * 3),
  }));
}
