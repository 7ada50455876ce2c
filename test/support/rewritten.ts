import { readFile, rm } from 'node:fs/promises';
import type { Rewritten } from '../../src/lib/convert/fallback/rewrite.ts';
import { rewriteSamples } from '../../src/lib/convert/fallback/samples/rewrite-samples.ts';
import { readTiffHeader } from '../../src/lib/convert/header/tiff-header.ts';
import { plainRowBytes, plainSamples } from '../../src/lib/convert/plan/plain-picture.ts';
import type { TestFolder } from './folder.ts';
import { makeTiffAs, type TiffLayout, type TiffPage } from './tiff-writer.ts';

/** What the reader of samples made of a TIFF, and its samples as they stand in the plain TIFF. */
export interface RewrittenPicture extends Rewritten {
  readonly values: Uint8Array | Uint16Array;
  readonly samples: number;
}

/** Has the reader of samples write a TIFF's page anew, and reads what it wrote. */
export async function rewritePage(
  folder: Pick<TestFolder, 'write' | 'path'>,
  page: TiffPage | readonly TiffPage[],
  { index = 0, ...layout }: TiffLayout & { readonly index?: number } = {},
): Promise<RewrittenPicture> {
  const input = await folder.write('sampled.tif', makeTiffAs(layout, ...[page].flat()));
  return rewriteFile(folder, input, index);
}

/** The same for a file. */
export async function rewriteFile(
  folder: Pick<TestFolder, 'write' | 'path'>,
  input: string,
  index = 0,
): Promise<RewrittenPicture> {
  const output = folder.path('plain.tif');
  await rm(output, { force: true });
  const header = await readTiffHeader(input);
  const page = header?.pages[index];
  if (!header || !page) throw new Error('no such page');
  const rewritten = await rewriteSamples({ input, output, page, format: header });
  const { picture } = rewritten;
  // The samples are the end of it; that sharp reads them so is what plain-tiff.test.ts is about.
  const file = await readFile(output);
  const data = Uint8Array.from(
    file.subarray(file.length - plainRowBytes(picture) * picture.height),
  );
  const values = picture.bits === 16 ? new Uint16Array(data.buffer) : data;
  return { ...rewritten, values, samples: plainSamples(picture) };
}
