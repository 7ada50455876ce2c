import { open } from '../../files.ts';
import { unreadableFile } from '../../unreadable-file.ts';
import { isFrame } from '../header/jpeg-colours.ts';
import { boundedReader } from '../header/tiff-source.ts';
import { isSrgbProfile } from '../srgb-profile.ts';

/** What a JPEG says of itself before its pixels. */
export interface JpegFacts {
  /** Pixels as stored. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly progressive: boolean;
  /** Whether the chroma has as many samples as the luma. */
  readonly fullChroma: boolean;
  /** Its colour profile. */
  readonly profile: 'none' | 'srgb' | 'other';
  /** The quantisation tables (ITU-T T.81, B.2.4.1): 64 steps each, in zigzag order. */
  readonly tables: readonly (readonly number[])[];
}

/** A profile takes up to 255 segments, and previews of cameras many more. */
const MOST_SEGMENTS = 2_000;

const MARKER = { app2: 0xe2, dqt: 0xdb, sos: 0xda, soi: 0xd8 } as const;

/** Reads the head of a JPEG; undefined if a file is none, or ends within it. Throws `FileError`. */
export async function readJpegFacts(path: string): Promise<JpegFacts | undefined> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return await headIn(boundedReader(file, size));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadableFile(`"${path}"`, error);
  }
}

type Frame = Pick<JpegFacts, 'width' | 'height' | 'channels' | 'progressive' | 'fullChroma'>;

async function headIn({
  read,
}: Pick<ReturnType<typeof boundedReader>, 'read'>): Promise<JpegFacts | undefined> {
  const soi = await read(0, 2);
  if (soi?.getUint16(0) !== 0xff00 + MARKER.soi) return undefined;
  const tables = new Map<number, readonly number[]>();
  let frame: Frame | undefined;
  let profile: JpegFacts['profile'] = 'none';
  let at = 2;
  for (let segment = 0; segment < MOST_SEGMENTS; segment++) {
    const head = await read(at, 4);
    if (head?.getUint8(0) !== 0xff) return undefined;
    const [marker, length] = [head.getUint8(1), head.getUint16(2)];
    if (marker === 0xff) {
      // Any number of these may precede a marker.
      at++;
      continue;
    }
    if (marker === MARKER.sos) return frame && { ...frame, profile, tables: [...tables.values()] };
    const body = length < 2 ? undefined : await read(at + 4, length - 2);
    if (!body) return undefined;
    if (marker === MARKER.dqt) for (const [id, steps] of tablesIn(body)) tables.set(id, steps);
    if (isFrame(marker)) frame = frameIn(body, marker);
    if (marker === MARKER.app2 && profile === 'none') profile = profileIn(body);
    at += 2 + length;
  }
  return undefined;
}

const STEPS = 64;

function* tablesIn(body: DataView): Generator<[number, number[]]> {
  for (let at = 0; at < body.byteLength; ) {
    const kind = body.getUint8(at++);
    const width = kind >> 4 ? 2 : 1;
    if (at + STEPS * width > body.byteLength) return;
    const step = (i: number) => (width === 2 ? body.getUint16(at + i * 2) : body.getUint8(at + i));
    yield [kind & 15, Array.from({ length: STEPS }, (_, i) => step(i))];
    at += STEPS * width;
  }
}

function frameIn(body: DataView, marker: number): Frame | undefined {
  if (body.byteLength < 6) return undefined;
  const channels = body.getUint8(5);
  if (body.byteLength < 6 + channels * 3) return undefined;
  const samplings = Array.from({ length: channels }, (_, i) => body.getUint8(7 + i * 3));
  return {
    height: body.getUint16(1),
    width: body.getUint16(3),
    channels,
    progressive: (marker & 3) === 2,
    fullChroma: samplings.every((one) => one === samplings[0]),
  };
}

/** ICC.1:2022, B.4: a name, and the numbers of the part. */
const NAME = 'ICC_PROFILE';

function profileIn(body: DataView): JpegFacts['profile'] {
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (!Buffer.from(bytes).toString('latin1').startsWith(NAME)) return 'none';
  return isSrgbProfile(bytes) ? 'srgb' : 'other';
}
