import { writeFile } from 'node:fs/promises';

/** A page of a TIFF as the tests want it: uncompressed, one strip, samples side by side. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  /** All samples, 8 bits each. */
  readonly data: Uint8Array;
  /** TIFF 6.0, PhotometricInterpretation: 0 WhiteIsZero, 1 BlackIsZero, 2 RGB, 5 CMYK. */
  readonly photometric: number;
  readonly extraSamples?: readonly number[];
  readonly orientation?: number;
}

const SHORT = 3;
const LONG = 4;

/**
 * A little-endian classic TIFF (TIFF 6.0, section 2), for what no encoder at hand writes: chosen
 * extra samples, several pages.
 */
export function makeTiff(...pages: readonly TiffPage[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0])];
  let offset = 8;
  pages.forEach((page, index) => {
    const entries = entriesOf(page);
    const directory = Buffer.alloc(2 + entries.length * 12 + 4);
    const extras: Buffer[] = [];
    let extraOffset = offset + directory.length;
    const place = (values: Buffer) => {
      extras.push(values);
      extraOffset += values.length;
      return extraOffset - values.length;
    };
    directory.writeUInt16LE(entries.length, 0);
    entries.forEach(([tag, type, values], i) => {
      const at = 2 + i * 12;
      const resolved = values === 'strip' ? [place(Buffer.from(page.data))] : values;
      const bytes = Buffer.concat(resolved.map((value) => number(value, type)));
      directory.writeUInt16LE(tag, at);
      directory.writeUInt16LE(type, at + 2);
      directory.writeUInt32LE(resolved.length, at + 4);
      if (bytes.length <= 4) bytes.copy(directory, at + 8);
      else directory.writeUInt32LE(place(bytes), at + 8);
    });
    if (index < pages.length - 1) directory.writeUInt32LE(extraOffset, directory.length - 4);
    parts.push(directory, ...extras);
    offset = extraOffset;
  });
  return Buffer.concat(parts);
}

/** Writes such a TIFF to a file and gives its path back. */
export async function writeTiff(path: string, ...pages: readonly TiffPage[]): Promise<string> {
  await writeFile(path, makeTiff(...pages));
  return path;
}

type Entry = [tag: number, type: number, values: readonly number[] | 'strip'];

/** In ascending order of the tags, as the specification asks. */
function entriesOf(page: TiffPage): Entry[] {
  const { width, height, samplesPerPixel } = page;
  return [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array<number>(samplesPerPixel).fill(8)],
    [259, SHORT, [1]],
    [262, SHORT, [page.photometric]],
    [273, LONG, 'strip'],
    ...(page.orientation ? [[274, SHORT, [page.orientation]] satisfies Entry] : []),
    [277, SHORT, [samplesPerPixel]],
    [278, LONG, [height]],
    [279, LONG, [page.data.length]],
    ...(page.extraSamples ? [[338, SHORT, page.extraSamples] satisfies Entry] : []),
  ];
}

function number(value: number, type: number): Buffer {
  const bytes = Buffer.alloc(type === SHORT ? 2 : 4);
  if (type === SHORT) bytes.writeUInt16LE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}
