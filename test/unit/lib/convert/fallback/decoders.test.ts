import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Decoders, openDecoders } from '../../../../../src/lib/convert/fallback/decoders.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { type DecoderPage, faultyPages, soundPages } from '../../../../support/decoder-pages.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const ENDLESS = Number.POSITIVE_INFINITY;
let decoders: Decoders;
let threads = 0;
const count = () => {
  threads++;
};
beforeEach(() => {
  threads = 0;
  process.on('worker', count);
  decoders = openDecoders();
});
afterEach(async () => {
  process.off('worker', count);
  await decoders.end();
});

async function rewrite({ reader, tiff }: DecoderPage, mayHold = ENDLESS): Promise<unknown> {
  const [input, output] = [await folder.write('page.tif', tiff), folder.path('plain.tif')];
  const header = await readTiffHeader(input);
  const page = header?.pages[0];
  if (!header || !page) throw new Error('There is no such page');
  await rm(output, { force: true });
  return decoders.rewrite(reader, { input, output, page, format: header }, mayHold);
}

describe('the thread of the decoders', () => {
  it('is kept from page to page, for all decoders', async () => {
    const pages = await soundPages();
    for (const page of [...pages, ...pages.toReversed()]) await rewrite(page);
    expect(threads).toBe(1);
  });

  it('is replaced when the process holds too much memory, and after it was ended', async () => {
    const [page] = await soundPages();
    if (!page) throw new Error('not made');
    await rewrite(page, 1);
    await rewrite(page);
    expect(threads).toBe(2);
    await decoders.end();
    await decoders.end();
    await rewrite(page);
    expect(threads).toBe(3);
  });

  it('is replaced after each damaged page, even if that was read', async () => {
    const pages = await faultyPages();
    const outcomes: string[] = [];
    for (const page of pages) {
      const outcome = await rewrite(page).then(
        () => 'read',
        () => 'refused',
      );
      outcomes.push(`${page.name}: ${outcome}`);
    }
    expect(outcomes).toEqual([
      'half of it: refused',
      'half of an old-style JPEG: refused',
      'a checksum that is cut off: read',
      'a progressive JPEG, of which ImageMagick warns: read',
    ]);
    const [sound] = await soundPages();
    if (sound) await rewrite(sound);
    expect(threads).toBe(pages.length + 1);
  });
});
