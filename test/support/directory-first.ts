import { readFile } from 'node:fs/promises';
import { readTiffHeader } from '../../src/lib/convert/header/tiff-header.ts';
import { numbersOf, readTags } from '../../src/lib/convert/header/tiff-tags.ts';
import { makeTiff, type TiffEntry, type TiffPage } from './tiff-writer.ts';

const RATIONAL = 5;
const [STRIP_OFFSETS, STRIP_BYTE_COUNTS, TILE_OFFSETS, TILE_BYTE_COUNTS] = [273, 279, 324, 325];

/**
 * The first page of a TIFF once more, as it is compressed, but with the directory before the
 * samples: cut off at its end such a file still says what it should hold. Throws when it cannot be
 * read.
 */
export async function directoryFirst(path: string): Promise<Buffer> {
  return makeTiff(await writtenPage(path));
}

/**
 * The first page of a TIFF as the tests' writer takes it, as it is compressed. Throws when it
 * cannot be read.
 */
export async function writtenPage(path: string): Promise<TiffPage> {
  const header = await readTiffHeader(path);
  const page = header?.pages[0];
  const table = header && page && (await readTags(path, page.offset, header, () => true));
  if (!table) throw new Error(`"${path}" is no TIFF.`);
  const tiled = table.tags.has(TILE_OFFSETS);
  const offsets = numbersOf(table, tiled ? TILE_OFFSETS : STRIP_OFFSETS) ?? [];
  const counts = numbersOf(table, tiled ? TILE_BYTE_COUNTS : STRIP_BYTE_COUNTS) ?? [];
  const bytes = await readFile(path);
  const places = [STRIP_OFFSETS, STRIP_BYTE_COUNTS, TILE_OFFSETS, TILE_BYTE_COUNTS, 254, 270, 305];
  const entries: TiffEntry[] = [...table.tags.values()]
    // The writer has whole rationals only; what they tell (resolution) is no part of the picture.
    .filter(({ tag, type }) => !places.includes(tag) && type !== RATIONAL)
    .map(({ tag, type, bytes }) => ({ tag, type, values: numbersOf(table, tag) ?? [...bytes] }));
  const { width, height, samplesPerPixel, photometric = 1, segments } = page;
  return {
    width,
    height,
    samplesPerPixel,
    photometric,
    data: Buffer.alloc(0),
    entries,
    segments: offsets.map((offset, i) => bytes.subarray(offset, offset + (counts[i] ?? 0))),
    ...(tiled && segments ? { tile: { width: segments.width, height: segments.height } } : {}),
    rowsPerStrip: segments?.height ?? height,
  };
}
