import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff, plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.write('a.tif', await noisyTiff(90));
  await folder.write('b.tif', await plainTiff());
});
afterEach(() => folder.remove());

const convert = (...args: readonly string[]) =>
  runProgram(['convert', ...args], { cwd: folder.root });
const sizeOf = async (name: string) => {
  const { width, height } = await sharp(await readFile(folder.path(name))).metadata();
  return [width, height];
};

describe('convert --max-size', () => {
  it('makes smaller copies beside nothing else, and enlarges none', async () => {
    const { exitCode, stdout } = await convert('.', '--max-size', '64', '--out-dir', 'small');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^a\.tif → small\/a\.jpg {2}64 × 64, /m);
    expect(stdout).toMatch(/^b\.tif → small\/b\.jpg {2}64 × 48, /m);
    await convert('b.tif');
    const [small, whole] = [
      await readFile(folder.path('small/b.jpg')),
      await readFile(folder.path('b.jpg')),
    ];
    expect(small.equals(whole)).toBe(true);
  });

  it('makes thumbnails of all pages', async () => {
    const page = { width: 80, height: 40, samplesPerPixel: 1, photometric: 1 };
    const data = new Uint8Array(80 * 40).fill(99);
    const high = { ...page, width: 40, height: 80, data };
    await folder.write('pages.tif', makeTiff({ ...page, data }, high));
    await convert('pages.tif', '--page', 'all', '--max-size', '20', '--verify');
    expect(await sizeOf('pages.jpg')).toEqual([20, 10]);
    expect(await sizeOf('pages.page-2.jpg')).toEqual([10, 20]);
  });

  it('is compared with the TIFF reduced in the same way', async () => {
    const { exitCode, stderr } = await convert('.', '--max-size', '32', '--verify');
    expect(stderr).toContain('verified: 2 of 2 within the limits');
    expect(exitCode).toBe(0);
  });

  it('does not replace the full JPEGs of a folder without --force', async () => {
    await convert('.');
    const small = ['.', '--max-size', '64'];
    const refused = await convert(...small);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(
      'Not written: a.jpg has 90 × 90 pixels, and a copy of at most 64 a side would replace it. Choose another folder for smaller copies, or use --force to replace it.',
    );
    expect(await sizeOf('a.jpg')).toEqual([90, 90]);
    expect((await convert(...small, '--dry-run')).stderr).toContain(
      'Would fail: a.tif: Not written',
    );
    await convert(...small, '--force');
    expect(await sizeOf('a.jpg')).toEqual([64, 64]);
    expect((await convert(...small, '-v')).stderr).toMatch(/^2 TIFFs: 2 up to date; /m);
    // Nothing is lost when it is made larger again.
    await convert('.');
    expect(await sizeOf('a.jpg')).toEqual([90, 90]);
  });

  it('is in the head of a report, and in its settings', async () => {
    const args = ['.', '--max-size', '64', '--out-dir', 'small'];
    await convert(...args, '--report', 'r.html');
    expect(await readFile(folder.path('r.html'), 'utf8')).toContain(
      'longer side at most 64 pixels',
    );
    await convert(...args, '--report', 'r.json');
    expect(JSON.parse(await readFile(folder.path('r.json'), 'utf8'))).toMatchObject({
      settings: { quality: 95, max_size: 64 },
    });
  });

  it.each(['15', '65501', '2k'])('is a whole number that a JPEG can have, not %s', async (size) => {
    const { exitCode, stderr } = await convert('.', '--max-size', size);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--max-size must be a whole number from 16 to 65500, not ${size}`);
  });
});
