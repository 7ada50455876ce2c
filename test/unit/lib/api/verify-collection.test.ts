import { readdir } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { verifyCollection } from '../../../../src/lib/api/verify-collection.ts';
import { OptionsError } from '../../../../src/lib/errors.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';
import { raw } from '../../../support/pictures.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.write('a.tif', await raw(64, 48, 3).tiff({ compression: 'lzw' }).toBuffer());
  await folder.write('other.jpg', await raw(64, 48, 3).jpeg().toBuffer());
  return () => folder.remove();
});

async function summaryOf(...args: Parameters<typeof verifyCollection>) {
  for await (const event of verifyCollection(...args))
    if (event.event === 'collection.ended') return event;
  throw new Error('The run has no end.');
}

describe('verifyCollection', () => {
  it('compares pairs, writes only its record, and skips what it has verified', async () => {
    const pairs = [{ input: folder.path('a.tif'), output: folder.path('other.jpg') }];
    const record = folder.path('verified.jsonl');
    expect(await summaryOf(pairs, { record })).toMatchObject({ verified: 1, failed: 0 });
    expect(await summaryOf(pairs, { record })).toMatchObject({ verified: 0, skipped: 1 });
    expect(await summaryOf(pairs, { record, again: true })).toMatchObject({ verified: 1 });
    expect((await readdir(folder.root)).sort()).toEqual(['a.tif', 'other.jpg', 'verified.jsonl']);
  });

  it('fails a TIFF of a folder without its JPEG', async () => {
    expect(await summaryOf([folder.root])).toMatchObject({ verified: 0, failed: 1 });
  });

  it('names all wrong options at the call', () => {
    const wrong = { quality: 500, force: true } as object;
    expect(() => verifyCollection([folder.root], wrong)).toThrow(OptionsError);
    expect(() => verifyCollection([folder.root], wrong)).toThrow(
      /quality .*force is not an option/,
    );
  });
});
