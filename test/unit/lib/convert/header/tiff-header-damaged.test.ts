import { open, readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHeaderFrom } from '../../../../../src/lib/convert/header/tiff-header.ts';
import {
  boundedReader,
  MAX_BYTES_READ,
} from '../../../../../src/lib/convert/header/tiff-source.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { hasSharedTiffs, noSharedTiffs, sharedTiffs } from '../../../../support/shared-tiffs.ts';
import { readCounting } from '../../../../support/tiff-headers.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const page: TiffPage = {
  width: 32,
  height: 32,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(3072),
};

describe('a TIFF that was cut off', () => {
  it.each([
    ['classic', {}],
    ['BigTIFF', { big: true }],
  ])('is read as far as it goes, at every byte (%s)', async (_, layout) => {
    const small = { ...page, width: 2, height: 2, data: Buffer.alloc(12), extraSamples: [0] };
    const whole = makeTiffAs(layout, small, { ...small, subfileType: 1 });
    for (let length = 0; length < whole.length; length++) {
      const { header, bytes } = await readCounting(whole.subarray(0, length));
      expect(header?.fileBytes ?? length).toBe(length);
      expect(bytes).toBeLessThan(20 * (length + 1));
    }
  });
});

describe('a TIFF that was damaged anyhow', () => {
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  const changes = (most: number) =>
    fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: most });

  /** Damages near the beginning or the end more than between: that is where directories are. */
  function damage(
    whole: Buffer,
    flips: readonly (readonly [number, number])[],
    cut: number,
  ): Buffer {
    const damaged = Buffer.from(whole);
    const near = Math.min(whole.length, 1_024);
    for (const [place, value] of flips) {
      const places = [place % near, whole.length - 1 - (place % near), place % whole.length];
      damaged[places[place % 3] ?? 0] = value;
    }
    return damaged.subarray(0, whole.length - (cut % 4 === 0 ? cut % whole.length : 0));
  }

  it('is read or not, but without error and within its allowance', async () => {
    const tile = { width: 16, height: 16 };
    const pages = [
      page,
      { ...page, tile, extraSamples: [], subfileType: 1 },
      { ...page, planar: true },
    ];
    const layouts = fc.record({ big: fc.boolean(), bigEndian: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(layouts, changes(12), fc.nat(), async (layout, flips, cut) => {
        const { bytes } = await readCounting(damage(makeTiffAs(layout, ...pages), flips, cut));
        // The allowance is for real lists; of a file this small each value is read once or twice.
        expect(bytes).toBeLessThan(2_000_000);
      }),
      { numRuns: 1_000 },
    );
  });

  it.skipIf(!hasSharedTiffs)(
    `is read or not, also when it was a real one${hasSharedTiffs ? '' : `: ${noSharedTiffs}`}`,
    async () => {
      const tiffs = await Promise.all(sharedTiffs().map(({ path }) => readFile(path)));
      const small = tiffs.filter(({ length }) => length < 100_000);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...small),
          changes(12),
          fc.nat(),
          async (tiff, flips, cut) => {
            const { bytes } = await readCounting(damage(tiff, flips, cut));
            expect(bytes).toBeLessThan(MAX_BYTES_READ);
          },
        ),
        { numRuns: 1_000 },
      );
    },
  );

  it('does not read a file that is getting shorter for longer than it is', async () => {
    const path = await folder.write('shrinking.tif', makeTiff(page));
    const file = await open(path, 'r+');
    const reader = boundedReader(file, (await file.stat()).size);
    await file.truncate(200);
    expect(await reader.read(190, 20)).toBeUndefined();
    expect(await readHeaderFrom(reader)).toMatchObject({ pages: { length: 1 } });
    await file.close();
  });
});
