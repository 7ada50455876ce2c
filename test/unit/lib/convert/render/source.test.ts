import { access, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openDecoders } from '../../../../../src/lib/convert/fallback/decoders.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { withLonePage } from '../../../../../src/lib/convert/lone-page.ts';
import type { PageRequest, SentRequest } from '../../../../../src/lib/convert/messages.ts';
import { copyTiff } from '../../../../../src/lib/convert/own-tiff.ts';
import { sourceOf } from '../../../../../src/lib/convert/render/source.ts';
import { type TiffPages, tiffPages } from '../../../../../src/lib/convert/tiff-pages.ts';
import { grey } from '../../../../support/paged-tiffs.ts';
import { makeTiff } from '../../../../support/tiff-writer.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
/** Its second sample is of a kind that TIFF does not have. */
const strange = { ...grey(24, 16, 20), height: 8, samplesPerPixel: 2, extraSamples: [7] };
const bytes = makeTiff(grey(16, 8, 10), strange, grey(32, 8, 30));

/** What sharp is to read for the second page, which has a tag that it stumbles over. */
const sourceIn = (input: string, { header, numbered }: TiffPages) =>
  sourceOf(
    {
      paths: { input },
      scratch: { plain: folder.path('plain.tif') },
      page: numbered(2),
      format: header,
      reading: { reader: 'sharp', feature: '', copied: true },
    } as unknown as SentRequest<PageRequest>,
    { decoders: openDecoders() },
  );

it('a page that must be repaired is repaired in a copy, or in the file itself if that is ours', async () => {
  const theirs = await folder.write('theirs.tif', bytes);
  const own = await copyTiff(theirs, folder.path('own.tif'));
  const header = await readTiffHeader(theirs);
  if (!header) throw new Error('not read');
  const tiff = tiffPages(header, 'theirs.tif');
  await withLonePage(own, tiff, 2, async (lone) => {
    expect(await sourceIn(own.path, lone)).toMatchObject({
      input: own.path,
      fileBytes: bytes.length,
    });
    expect((await readTiffHeader(own.path))?.pages).toMatchObject([
      { width: 24, extraSamples: [0] },
    ]);
  });
  expect((await readFile(own.path)).equals(bytes)).toBe(true);
  await expect(access(folder.path('plain.tif'))).rejects.toThrow('ENOENT');

  expect(await sourceIn(theirs, tiff)).toMatchObject({ input: folder.path('plain.tif') });
  expect((await readFile(theirs)).equals(bytes)).toBe(true);
});
