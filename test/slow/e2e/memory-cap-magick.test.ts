import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeOldJpeg } from '../../support/make-ojpeg.ts';
import { makeCap, noCapBecause } from '../../support/memory-cap.ts';
import { runProgram } from '../../support/program.ts';

const reason = noCapBecause();
let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** An old-style JPEG in one strip, which its decoder holds as a whole. */
async function oldJpeg(name: string, width: number, height: number): Promise<string> {
  const tone = { width, height, channels: 3, background: 'teal' } as const;
  const data = await sharp({ create: tone, limitInputPixels: false }).raw().toBuffer();
  return folder.write(name, await makeOldJpeg({ width, height, data }, { kind: 'tables' }));
}

async function convertCapped(path: string) {
  await using cap = makeCap({ megabytes: 1_024 });
  const { exitCode, stderr } = await runProgram(['convert', path], { wrap: cap.wrap });
  return { exitCode, stderr, oomKills: cap.oomKills() };
}

describe(`in 1 GB of memory${reason ? ` (not tried here: ${reason})` : ''}`, () => {
  it.skipIf(reason)('24 megapixels that ImageMagick reads become a JPEG', async () => {
    const path = await oldJpeg('small.tif', 6_000, 4_000);
    expect(await convertCapped(path)).toMatchObject({ exitCode: 0, oomKills: 0 });
    expect((await stat(folder.path('small.jpg'))).size).toBeGreaterThan(10_000);
  });

  it.skipIf(reason)('60 megapixels in one strip are refused early, with figures', async () => {
    const path = await oldJpeg('large.tif', 8_000, 7_504);
    const { exitCode, stderr, oomKills } = await convertCapped(path);
    expect({ exitCode, oomKills }).toEqual({ exitCode: 1, oomKills: 0 });
    expect(stderr).toMatch(/Out of memory .*: 60\.0 MP need about \d+ MB, limit \d+ MB\. Raise /);
  });
});
