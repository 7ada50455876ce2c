import { readEntries } from './tiff-entries.ts';
import type { TiffPage } from './tiff-page.ts';
import type { TiffSource } from './tiff-source.ts';
import { readIntegers } from './tiff-values.ts';

const LZW = 5;
const TAG = { stripOffsets: 273, fillOrder: 266, tileOffsets: 324 } as const;

/**
 * Marks the LZW pages of a file as the kind from before TIFF 5.0, which only the data reveal: codes
 * start at the low bit. All pages of a file are like the first one. Throws what reading throws.
 */
export async function markOldLzw(
  source: TiffSource,
  pages: readonly [TiffPage, ...TiffPage[]],
): Promise<readonly [TiffPage, ...TiffPage[]]> {
  const all = pages.flatMap((page) => [page, ...(page.subIfds ?? [])]);
  const first = all.find(({ compression, segments }) => compression === LZW && segments);
  if (!first || !(await isOld(source, first))) return pages;
  const mark = (page: TiffPage): TiffPage => ({
    ...page,
    ...(page.compression === LZW && { oldLzw: true as const }),
    ...(page.subIfds && { subIfds: page.subIfds.map(mark) }),
  });
  const [root, ...others] = pages;
  return [mark(root), ...others.map(mark)];
}

/** Whether a page's data begin with the code 256, read from the low bit; all old LZW data do. */
async function isOld(source: TiffSource, { offset }: TiffPage): Promise<boolean> {
  const table = await readEntries(source, offset, () => true);
  const first = async (tag: number) =>
    (await readIntegers(source, table?.entries.get(tag), { most: 1 }))?.[0];
  const place = (await first(TAG.tileOffsets)) ?? (await first(TAG.stripOffsets));
  const start = place ? await source.read(place, 2) : undefined;
  if (start?.getUint8(0) !== 0) return false;
  const one = (await first(TAG.fillOrder)) === 2 ? 0x80 : 1;
  return (start.getUint8(1) & one) !== 0;
}
