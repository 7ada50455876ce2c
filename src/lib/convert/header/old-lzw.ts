import type { TiffPage } from './tiff-directory.ts';
import { readEntries } from './tiff-entries.ts';
import type { TiffSource } from './tiff-source.ts';
import { readIntegers } from './tiff-values.ts';

const LZW = 5;
const TAG = { stripOffsets: 273, fillOrder: 266, tileOffsets: 324 } as const;

/**
 * Says of the LZW pages of a file whether they are of the kind from before TIFF 5.0, which only the data tell: codes from
 * the low bit up. All of a file are what the first one is; one look is enough. Throws what reading throws.
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

/** Whether a page's data begin with the code 256, as they all do, from the low bit up. */
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
