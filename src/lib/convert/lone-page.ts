import { type FileHandle, open } from 'node:fs/promises';
import type { TiffHeader, TiffPage } from './header/tiff-header.ts';

/**
 * Makes a page the only one in the chain of a TIFF file that nobody else needs: libvips walks the whole
 * chain each time it opens a file, three times for a conversion, which for a thousand small pages costs more
 * than all else. Writes where the chain begins and where the page says that the next one is; the
 * `header` read before stays true for everything but that, so that the next page can follow.
 *
 * Gives the page as it is found then. Throws what writing throws.
 */
export async function makeLonePage(
  path: string,
  { littleEndian, big }: Pick<TiffHeader, 'littleEndian' | 'big'>,
  page: TiffPage,
): Promise<TiffPage> {
  const put = async (file: FileHandle, position: number, offset: number) => {
    const bytes = Buffer.alloc(big ? 8 : 4);
    if (big && littleEndian) bytes.writeBigUInt64LE(BigInt(offset));
    else if (big) bytes.writeBigUInt64BE(BigInt(offset));
    else if (littleEndian) bytes.writeUInt32LE(offset);
    else bytes.writeUInt32BE(offset);
    await file.write(bytes, 0, bytes.length, position);
  };
  const file = await open(path, 'r+');
  try {
    await put(file, big ? 8 : 4, page.offset);
    await put(file, await endOfTable(file, { littleEndian, big }, page.offset), 0);
  } finally {
    await file.close();
  }
  return { ...page, index: 0, subIfd: undefined, alone: true };
}

/** Where a directory's entries end (TIFF 6.0, section 2; BigTIFF: wider fields). */
async function endOfTable(
  file: FileHandle,
  { littleEndian, big }: Pick<TiffHeader, 'littleEndian' | 'big'>,
  offset: number,
): Promise<number> {
  const bytes = Buffer.alloc(big ? 8 : 2);
  await file.read(bytes, 0, bytes.length, offset);
  // No directory that was read has more entries than fit into 16 bits.
  const lowest = littleEndian ? 0 : bytes.length - 2;
  const count = littleEndian ? bytes.readUInt16LE(lowest) : bytes.readUInt16BE(lowest);
  return offset + bytes.length + count * (big ? 20 : 12);
}
