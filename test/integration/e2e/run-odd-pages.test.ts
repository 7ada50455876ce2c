import { describe, expect, it } from 'vitest';
import { bytesIn } from '../../support/objects.ts';
import { scene, subIfd } from '../../support/odd-tiffs.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { runTask, useSandbox } from '../../support/tasks.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../support/tiff-writer.ts';

const sandbox = useSandbox();
const bytesOf = bytesIn(sandbox);
const widthOf = async (key: string) => (await decodeJpeg(await bytesOf(key))).width;
const metadataOf = async (key: string) => (await sandbox.current.getObject(key))?.metadata;

const picture: TiffPage = {
  width: 96,
  height: 64,
  samplesPerPixel: 3,
  photometric: 2,
  data: scene(),
};
const thumbnail: TiffPage = {
  width: 12,
  height: 8,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(12 * 8 * 3, 200),
};

describe('a TIFF whose first page is a thumbnail', () => {
  it('becomes the picture, or the first page on request; neither counts as the other', async () => {
    const key = 'thumbnail/scan.tif';
    const jpeg = 'thumbnail/scan.jpg';
    await sandbox.current.putObject(key, makeTiff(thumbnail, picture));
    const first = await runTask(sandbox.current, key);
    expect(first.bodies).toMatchObject([{ status: 'success', output_r2_key: jpeg }]);
    expect(first.stdout).toContain('looks like a thumbnail of page 2');
    expect(await widthOf(jpeg)).toBe(96);
    expect(await metadataOf(jpeg)).toMatchObject({ 'arke-page': '2', 'arke-first-page': '2' });

    const again = await runTask(sandbox.current, key);
    expect(again.stdout).toContain('is up to date; nothing to convert');

    const one = await runTask(sandbox.current, key, { TIFF_PAGES: '1' });
    expect(one.bodies).toMatchObject([{ status: 'success' }]);
    expect(await widthOf(jpeg)).toBe(12);
    expect(await metadataOf(jpeg)).toMatchObject({ 'arke-page': '1' });

    await runTask(sandbox.current, key);
    expect(await widthOf(jpeg)).toBe(96);

    await runTask(sandbox.current, key, { TIFF_PAGES: 'all' });
    expect(await widthOf(jpeg)).toBe(12);
    expect(await widthOf('thumbnail/scan.page-2.jpg')).toBe(96);
    await runTask(sandbox.current, key);
    expect(await widthOf(jpeg)).toBe(96);
  });
});

describe('a TIFF whose pages hang below their thumbnails', () => {
  it('becomes all of them, with a warning for each', async () => {
    const key = 'below/scan.tif';
    const reduced = { ...thumbnail, subfileType: 1, entries: [subIfd(picture, {})] };
    await sandbox.current.putObject(key, makeTiff(reduced, reduced));
    const { bodies, stdout } = await runTask(sandbox.current, key, { TIFF_PAGES: 'all' });
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'below/scan.jpg' }]);
    for (const directory of [1, 2])
      expect(stdout).toContain(`Directory ${directory} has a smaller version of the picture`);
    expect(await widthOf('below/scan.jpg')).toBe(96);
    expect(await widthOf('below/scan.page-2.jpg')).toBe(96);
  });
});

describe('a TIFF whose list of pages breaks off', () => {
  it('becomes its first page with a warning; all pages are an error', async () => {
    const key = 'broken/scan.tif';
    await sandbox.current.putObject(key, makeTiffAs({ next: 99_999_999 }, picture));
    const { bodies, stdout } = await runTask(sandbox.current, key);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'broken/scan.jpg' }]);
    expect(stdout).toContain("The TIFF's list of pages breaks off after directory 1");
    expect(await widthOf('broken/scan.jpg')).toBe(96);
    const all = await runTask(sandbox.current, key, { TIFF_PAGES: 'all' });
    expect(all.bodies).toMatchObject([
      { status: 'error', error: expect.stringContaining('its list of pages is broken') },
    ]);
  });
});
