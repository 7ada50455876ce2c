import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertTiff } from '../../../src/lib/convert/convert-tiff.ts';
import { ConversionError } from '../../../src/lib/errors.ts';
import { contractSnippet, decodeJpeg, largestDifference } from '../../support/pixels.ts';
import { hasSharedTiffs, noSharedTiffs, sharedTiffs } from '../../support/shared-tiffs.ts';

const tiffs = sharedTiffs();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arke-tiff-test-'));
  if (!hasSharedTiffs) console.warn(`Left out: ${noSharedTiffs}.`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!hasSharedTiffs)('real TIFFs', () => {
  it.each(tiffs.filter((tiff) => tiff.samePixels))(
    'gives the pixels of the contract’s snippet: $file',
    async ({ file, path }) => {
      const output = join(folder, `${file}.jpg`);
      const conversion = await convertTiff(path, output);
      const ours = await decodeJpeg(output);
      const theirs = await decodeJpeg(await contractSnippet(path));
      // One channel and three are rounded separately on their way back from frequencies.
      const grey = conversion.channels === 1;
      expect(largestDifference(ours, theirs)).toBeLessThanOrEqual(grey ? 1 : 0);
      const { space } = await sharp(path).metadata();
      expect(grey).toBe(space === 'b-w' || space === 'grey16');
    },
  );

  it.each(tiffs.filter((tiff) => tiff.expected === 'error'))(
    'refuses with an error that names the file: $file',
    async ({ file, path }) => {
      const conversion = convertTiff(path, join(folder, `${file}.jpg`));
      await expect(conversion).rejects.toThrow(ConversionError);
      await expect(conversion).rejects.toThrow(file);
    },
  );
});
