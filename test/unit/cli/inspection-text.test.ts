import { describe, expect, it } from 'vitest';
import { describeInspection } from '../../../src/cli/inspection-text.ts';
import { inspectionOf } from '../../support/inspections.ts';
import { makeTiff, type TiffPage } from '../../support/tiff-writer.ts';

const page: TiffPage = {
  ...{ width: 64, height: 64, samplesPerPixel: 3, photometric: 2 },
  data: Buffer.alloc(64 * 64 * 3),
};
const planOf = async (tiff: Buffer) =>
  describeInspection('scan.tif', await inspectionOf(tiff)).filter((line) => /^ {4}Plan/.test(line));

describe('the plan that people read', () => {
  it('stands without reserve where nothing is wrong', async () => {
    expect(await planOf(makeTiff(page))).toEqual([
      expect.stringMatching(/Plan +max \(it fits\); predicted \d+ MB and \d\.\d\d CPU-s$/),
    ]);
  });

  it('is doubtful for the page that can hardly be converted, and for no other', async () => {
    const [whole = '', cut = ''] = await planOf(makeTiff(page, { ...page, width: 0 }));
    expect(whole).toMatch(/CPU-s$/);
    expect(cut).toMatch(/CPU-s; but see what is wrong: it will hardly be converted$/);
  });
});
