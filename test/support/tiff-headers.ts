import {
  readHeaderFrom,
  readTiffHeader,
  type TiffHeader,
  type TiffPage,
} from '../../src/lib/convert/header/tiff-header.ts';
import { boundedReader, type ReadableFile } from '../../src/lib/convert/header/tiff-source.ts';
import { makeFolder } from './folder.ts';
import { makeTiffAs, type TiffLayout, type TiffPage as WrittenPage } from './tiff-writer.ts';

/** The ways to write the same TIFF. */
export const tiffLayouts: [string, TiffLayout][] = [
  ['a classic TIFF, little-endian', {}],
  ['a classic TIFF, big-endian', { bigEndian: true }],
  ['a BigTIFF, little-endian', { big: true }],
  ['a BigTIFF, big-endian', { big: true, bigEndian: true }],
];

/** The header of these bytes as a file. Throws when there is none. */
export async function headerOf(tiff: Uint8Array): Promise<TiffHeader> {
  const header = await inFile(tiff, readTiffHeader);
  if (!header) throw new Error('The TIFF has no readable header');
  return header;
}

/** What the header of a TIFF with this page says of it. */
export async function firstPage(page: WrittenPage, layout: TiffLayout = {}): Promise<TiffPage> {
  return (await headerOf(makeTiffAs(layout, page))).pages[0];
}

/** The header of these bytes, if they have one, and how many of them were read for it. */
export async function readCounting(
  tiff: Uint8Array,
): Promise<{ readonly header: TiffHeader | undefined; readonly bytes: number }> {
  let bytes = 0;
  const read: ReadableFile['read'] = async (into, offset, length, position) => {
    const piece = tiff.subarray(position, position + length);
    into.set(piece, offset);
    bytes += piece.length;
    return { bytesRead: piece.length };
  };
  const header = await readHeaderFrom(boundedReader({ read }, tiff.length));
  return { header, bytes };
}

async function inFile<T>(content: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder();
  try {
    return await use(await folder.write('header.tif', content));
  } finally {
    await folder.remove();
  }
}
