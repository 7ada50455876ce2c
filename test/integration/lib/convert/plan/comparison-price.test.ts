import { describe, expect, it } from 'vitest';
import { makeTiffFile } from '../../../../../bench/make-tiff.ts';
import { nameOf, type TiffSpec } from '../../../../../bench/tiff-spec.ts';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import {
  defaultEncoderSettings,
  type Effort,
} from '../../../../../src/lib/convert/encoder-settings.ts';
import {
  readTiffHeader,
  type TiffPage,
} from '../../../../../src/lib/convert/header/tiff-header.ts';
import { priceOfComparison } from '../../../../../src/lib/convert/plan/comparison-price.ts';
import { readable } from '../../../../../src/lib/convert/plan/readable.ts';
import { openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { measureLikeness } from '../../../../../src/lib/convert/verify/compare-with-tiff.ts';
import { fileOfPage } from '../../../../support/pages.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const MB = 1024 * 1024;

/** What comparing takes, measured in a process of its own, and what was predicted. */
async function measure(spec: TiffSpec, effort: Effort, ownKind: boolean, maxSize?: number) {
  const tiff = folder.path('large.tif');
  const jpeg = folder.path('large.jpg');
  await makeTiffFile(tiff, spec);
  await convertInPlace(tiff, jpeg, { effort, maxSize });
  const page = await pageOf(tiff);
  const allowance = ownKind ? -99 : 99;
  const bounds = { psnrDb: allowance, ssim: allowance, areaDb: allowance, levels: allowance };
  const converter = openConverter(folder.root);
  try {
    const measured = await measureLikeness(tiff, jpeg, {
      effort,
      maxSize,
      bounds,
      converter,
    });
    return { measured, predicted: priceFor(page, effort, maxSize) };
  } finally {
    await converter.close();
  }
}

async function pageOf(tiff: string): Promise<TiffPage> {
  const page = (await readTiffHeader(tiff))?.pages[0];
  if (!page) throw new Error('The TIFF has no header');
  return page;
}

function priceFor(page: TiffPage, effort: Effort, maxSize?: number) {
  const settings = { ...defaultEncoderSettings, effort, maxSize };
  return priceOfComparison(readable(page, fileOfPage(page)), settings);
}

const base: TiffSpec = {
  megapixels: 8,
  kind: 'rgb',
  bits: 8,
  compression: 'lzw',
  layout: 'strips',
  orientation: 1,
};

describe('the price of a comparison', () => {
  const cases: [TiffSpec, Effort, boolean, number?][] = [
    [base, 'fast', false],
    [base, 'balanced', false],
    [base, 'balanced', true],
    [{ ...base, kind: 'grey', orientation: 6 }, 'fast', false],
    [{ ...base, megapixels: 1 }, 'balanced', true],
    [{ ...base, megapixels: 24 }, 'balanced', true, 2000],
    [{ ...base, orientation: 6 }, 'fast', false, 400],
  ];

  it.each(
    cases.map(
      ([spec, effort, ownKind, maxSize]) => [nameOf(spec), effort, ownKind, maxSize, spec] as const,
    ),
  )(
    'has the memory that was measured, and not far too much: %s, %s, another one of its kind made: %s, reduced to %s',
    async (_, effort, ownKind, maxSize, spec) => {
      const { measured, predicted } = await measure(spec, effort, ownKind, maxSize);
      expect(predicted.memoryBytes / MB).toBeGreaterThanOrEqual(measured.peakBytes / MB);
      expect(predicted.memoryBytes / MB).toBeLessThanOrEqual((measured.peakBytes / MB) * 1.5 + 60);
    },
  );

  it('has constant memory for the largest pictures, made as fast, and room on the disk instead', async () => {
    const page = { ...(await pageOf(folder.path('large.tif'))), width: 25_000, height: 20_000 };
    const fast = priceFor(page, 'fast');
    expect(fast.memoryBytes / MB).toBeLessThan(350);
    expect(fast.diskBytes / MB).toBeGreaterThan((2 * 3 * 500e6) / MB);
    expect(priceFor(page, 'max').memoryBytes).toBeGreaterThan(500e6 * 3);
  });
});
