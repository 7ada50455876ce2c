import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';

const demo = fileURLToPath(new URL('../../../dist/dev/demo.js', import.meta.url));

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const runDemo = (...args: string[]) =>
  execa(process.execPath, [demo, ...args], {
    cwd: folder.root,
    env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: inject('programCoverage') || undefined },
    extendEnv: false,
    reject: false,
    all: true,
  });

describe('the demo', () => {
  it('runs the real worker on a file, shows log, callback and JPEG, and exits as the worker does', async () => {
    const tiff = folder.path('scan.tif');
    await sharp({ create: { width: 80, height: 40, channels: 3, background: 'teal' } }).toFile(
      tiff,
    );
    const { exitCode, all } = await runDemo(tiff);
    expect(all).toMatch(/\[task_1\] ✓ Success in \d+ms/);
    expect(all).toContain('"output_r2_key": "staging/dev/task_1/scan.jpg"');
    expect(all).toMatch(/scan\.jpg: 80 × 40 pixels/);
    expect((await sharp(folder.path('demo-output/scan.jpg')).metadata()).width).toBe(80);
    expect(exitCode).toBe(0);
  });

  it('draws its own page when no file is given: at least 20 megapixels, shown upright', async () => {
    const { exitCode, all } = await runDemo();
    expect(all).toContain('stored sideways');
    const { width, height } = await sharp(folder.path('demo-output/sample.jpg')).metadata();
    expect(width * height).toBeGreaterThanOrEqual(20_000_000);
    expect(height).toBeGreaterThan(width);
    expect(exitCode).toBe(0);
  });

  it('shows the callback of a failure, and exits with 1', async () => {
    const { exitCode, all } = await runDemo(
      await folder.write('broken.tif', 'II*\0 no more than that'),
    );
    expect(all).toContain('"status": "error"');
    expect(exitCode).toBe(1);
  });

  it('says in one line that the file is missing', async () => {
    const { exitCode, stderr } = await runDemo(folder.path('nowhere.tif'));
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('nowhere.tif');
    expect(exitCode).toBe(1);
  });
});
