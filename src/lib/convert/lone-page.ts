import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { readEntries } from './header/tiff-entries.ts';
import { boundedReader } from './header/tiff-source.ts';
import { integerBytes } from './header/tiff-values.ts';
import type { OwnTiff } from './own-tiff.ts';
import type { TiffPages } from './tiff-pages.ts';

/**
 * Runs `work` while a page, counted from 1, is the only one in the chain of its file: libvips walks
 * the whole chain each time it opens a file, several times per conversion, which for a thousand
 * small pages costs more than everything else. Changes the start of the chain and the page's link
 * to the next one, and restores both afterwards: so only in a file of ours.
 *
 * `work` gets the TIFF's pages with this one as it is found meanwhile. Throws what writing and
 * `work` throw.
 */
export async function withLonePage<T>(
  { path }: OwnTiff,
  tiff: TiffPages,
  number: number,
  work: (lone: TiffPages) => Promise<T>,
): Promise<T> {
  const { header } = tiff;
  const page = tiff.numbered(number);
  const alone = { ...page, index: 0, subIfd: undefined, alone: true } as const;
  const [width, type] = header.big ? [8, 16] : [4, 4];
  // Never write through a link that has replaced the file meanwhile.
  const file = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    const source = { ...boundedReader(file, header.fileBytes), ...header };
    const table = await readEntries(source, page.offset, () => false);
    const places = [width, table?.end ?? header.fileBytes];
    const before = await Promise.all(places.map((place) => source.read(place, width)));
    const put = (values: readonly (Uint8Array | DataView | undefined)[]) =>
      Promise.all(values.map((bytes, i) => bytes && file.write(bytes, 0, width, places[i])));
    try {
      await put([page.offset, 0].map((offset) => integerBytes([offset], type, header)));
      return await work({ ...tiff, numbered: () => alone });
    } finally {
      await put(before);
      // Removes a directory that was appended.
      await file.truncate(header.fileBytes);
    }
  } finally {
    await file.close();
  }
}
