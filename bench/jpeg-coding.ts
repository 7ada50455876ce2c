/** How a JPEG is coded, by its own header (ITU-T T.81, annex B). */

/** What matters for time and size. */
export interface JpegCoding {
  /**
   * As it is usually written; `grey` with one component, the sampling factors where it has no name.
   */
  readonly subsampling: string;
  readonly progressive: boolean;
}

const MARKER = 0xff;
/** Start of a frame: baseline, extended, progressive. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const PROGRESSIVE = 0xc2;

/** Of luminance, with both chrominances at 1x1. */
const NAMES: Readonly<Record<string, string>> = {
  '1x1': '4:4:4',
  '2x1': '4:2:2',
  '1x2': '4:4:0',
  '2x2': '4:2:0',
  '4x1': '4:1:1',
};

/**
 * Reads it from the bytes of a JPEG. Throws `RangeError` if there is no frame of a kind that
 * photographs have.
 */
export function readJpegCoding(jpeg: Buffer): JpegCoding {
  // After the start of the image each segment has its marker, its length and what that counts,
  // itself included.
  for (let at = 2; jpeg.readUInt8(at) === MARKER; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const kind = jpeg.readUInt8(at + 1);
    if (!FRAMES.includes(kind)) continue;
    return { subsampling: subsamplingAt(jpeg, at), progressive: kind === PROGRESSIVE };
  }
  throw new RangeError('This JPEG has no frame of samples.');
}

/**
 * Precision, height, width and the number of components come before the components, three bytes
 * each.
 */
function subsamplingAt(jpeg: Buffer, frame: number): string {
  const count = jpeg.readUInt8(frame + 9);
  if (count === 1) return 'grey';
  const factors = [...Array(count).keys()].map((n) => {
    const both = jpeg.readUInt8(frame + 11 + n * 3);
    return `${both >> 4}x${both & 15}`;
  });
  const [first = '', ...others] = factors;
  const name = others.every((one) => one === '1x1') ? NAMES[first] : undefined;
  return name ?? factors.join(',');
}
