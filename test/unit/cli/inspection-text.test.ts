import { describe, expect, it } from 'vitest';
import { describeInspection } from '../../../src/cli/inspection-text.ts';
import { inspectionOf } from '../../support/inspections.ts';
import { makeTiff, type TiffPage } from '../../support/tiff-writer.ts';

const page: TiffPage = {
  width: 64,
  height: 64,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(64 * 64 * 3),
};
const planOf = async (tiff: Buffer) =>
  describeInspection('scan.tif', await inspectionOf(tiff)).filter((line) => /^ {4}Plan/.test(line));

describe('the plan that people read', () => {
  it('says that the picture is not decoded yet', async () => {
    expect(await planOf(makeTiff(page))).toEqual([
      expect.stringMatching(
        /Plan +max \(it fits\); predicted \d+ MB and \d\.\d\d CPU-s; not decoded yet$/,
      ),
    ]);
  });

  it('is missing for a page that would certainly fail, and for no other', async () => {
    const wide = { ...page, width: 70_000 };
    const [good = '', bad = ''] = await planOf(makeTiff(page, wide));
    expect(good).toMatch(/not decoded yet$/);
    expect(bad).toMatch(
      /Plan +none: it would fail: "scan\.tif \(page 2 of 2\)" has 70000 × 64 pixels/,
    );
  });
});

it('tells how many of the SubIFDs that a directory lists cannot be read, whatever the others lead to', async () => {
  const inspection = await inspectionOf(makeTiff(page));
  const [directory] = inspection.directories;
  if (!directory) throw new Error('no directory');
  const read = [0, 2].map((subIfd) => ({ ...directory, role: 'reduced' as const, subIfd }));
  const directories = [{ ...directory, subDirectories: 2, subIfds: read }];
  const lines = describeInspection('scan.tif', { ...inspection, directories });
  expect(lines).toContainEqual(expect.stringMatching(/SubIFDs +1 of 2 cannot be read$/));
  expect(lines).toContainEqual(
    expect.stringMatching(/SubIFD 1 +smaller version, .*, uncompressed$/),
  );
});
