import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type OutputInfo } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawSampleTiff, pictureSize } from '../../../../src/dev/sandbox/sample-tiff.ts';

let folder: string;
let path: string;
let sample: OutputInfo;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arke-tiff-sample-test-'));
  path = join(folder, 'sample.tif');
  sample = await drawSampleTiff(path);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first value of a SHORT tag in the first directory of a little-endian TIFF. */
async function shortTag(tag: number): Promise<number | undefined> {
  const bytes = await readFile(path);
  expect(bytes.toString('latin1', 0, 4)).toBe('II*\0');
  const directory = bytes.readUInt32LE(4);
  const entries = Array.from(
    { length: bytes.readUInt16LE(directory) },
    (_, index) => directory + 2 + 12 * index,
  );
  const entry = entries.find((at) => bytes.readUInt16LE(at) === tag);
  return entry === undefined ? undefined : bytes.readUInt16LE(entry + 8);
}

/** Average brightness, 0 to 255, of a part of the upright page. */
async function brightness(left: number, top: number, width: number, height: number) {
  const part = await sharp(path)
    .autoOrient()
    .extract({ left, top, width, height })
    .greyscale()
    .toBuffer();
  const { channels } = await sharp(part).stats();
  return channels[0]?.mean ?? Number.NaN;
}

test('has more than 20 megapixels, stored sideways with orientation tag 6', async () => {
  expect(sample).toMatchObject({ width: 6000, height: 4000, size: (await stat(path)).size });
  expect(await sharp(path).metadata()).toMatchObject({
    format: 'tiff',
    width: 6000,
    height: 4000,
    channels: 3,
    depth: 'uchar',
    density: 600,
    orientation: 6,
    autoOrient: { width: 4000, height: 6000 },
  });
});

test('is compressed by LZW with the horizontal predictor', async () => {
  expect(await shortTag(259)).toBe(5);
  expect(await shortTag(317)).toBe(2);
});

test('carries the Display P3 profile', async () => {
  const { icc } = await sharp(path).metadata();
  expect(icc?.toString('latin1', 36, 40)).toBe('acsp');
  expect(icc?.toString('utf16le').concat(icc.toString('latin1'))).toMatch(/P\0?3/);
});

test('is upright once the tag is applied: title at the top, grey steps at the bottom', async () => {
  const paper = await brightness(3700, 600, 300, 230);
  expect(paper).toBeGreaterThan(225);
  expect(await brightness(300, 600, 3300, 230)).toBeLessThan(paper - 20);
  expect(await brightness(300, 5200, 200, 400)).toBeLessThan(10);
  expect(await brightness(3500, 5200, 200, 400)).toBeGreaterThan(245);
  expect(await brightness(300, 1130, 3400, 2400)).toBeLessThan(160);
});

test('is the same every time', async () => {
  const again = join(folder, 'again.tif');
  await drawSampleTiff(again);
  const digest = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  expect(await digest(again)).toBe(await digest(path));
});

test('a picture tells its size, anything else does not', async () => {
  const png = await sharp({ create: { width: 3, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  expect(await pictureSize(png)).toEqual({ width: 3, height: 2 });
  await expect(pictureSize(Buffer.from('text'))).rejects.toThrow(/unsupported image format/);
});
