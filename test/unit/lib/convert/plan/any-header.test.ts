import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { TiffPage } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { priceOfComparison } from '../../../../../src/lib/convert/plan/comparison-price.ts';
import { planConversion } from '../../../../../src/lib/convert/plan/plan.ts';
import { checkedPrice } from '../../../../../src/lib/convert/plan/price.ts';
import { type PageFile, pageFile, readable } from '../../../../../src/lib/convert/plan/readable.ts';
import { predictJpegBytes } from '../../../../../src/lib/convert/plan/size-model.ts';
import { ConversionError } from '../../../../../src/lib/errors.ts';
import { fileOfPage, pageOf } from '../../../../support/pages.ts';
import { readCounting } from '../../../../support/tiff-headers.ts';
import { makeTiffAs, type TiffEntry } from '../../../../support/tiff-writer.ts';

/** A machine without end, so that no plan is refused for what it takes. */
const endless = {
  memoryBytes: Number.MAX_VALUE,
  cpuSeconds: Number.POSITIVE_INFINITY,
  seconds: Number.POSITIVE_INFINITY,
  diskBytes: Number.POSITIVE_INFINITY,
};
const settings = defaultEncoderSettings;

/** All that is reckoned with a page before it is converted. */
function figuresOf(page: TiffPage, file: PageFile): number[] {
  const chosen = readable(page, file);
  const plan = planConversion(chosen, endless, settings);
  const comparison = priceOfComparison(chosen, { ...settings, ...plan });
  return [
    ...[plan.memoryBytes, plan.cpuSeconds, comparison.memoryBytes, comparison.cpuSeconds],
    predictJpegBytes(page, { ...settings, ...plan }),
  ];
}

function refusalOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the plan of any header', () => {
  /** What a tag says: what it should, a number that programs trip over, or nothing. */
  const said = fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64, 0x7f, 0xff, 0x7fff, 0xffff),
    fc.constantFrom(0x7fffffff, 0xffffffff, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
    fc.nat(70_000),
  );
  const known: Readonly<Record<number, readonly number[]>> = {
    259: [1, 5, 6, 7, 8, 32_773, 32_946, 50_000, 34_676, 34_677, 32_909],
    262: [0, 1, 2, 3, 5, 6, 8, 9, 10, 32_844],
  };
  const tags = [
    ...[256, 257, 258, 259, 262, 273, 274, 277, 278, 279, 281, 284],
    ...[322, 323, 324, 325, 338, 339, 513, 514, 530, 34_675],
  ];
  const entry = (tag: number) =>
    fc.record({
      tag: fc.constant(tag),
      type: fc.constantFrom(1, 3, 4, 16),
      values: fc.array(fc.oneof(said, fc.constantFrom(...(known[tag] ?? [1]))), {
        minLength: 1,
        maxLength: 5,
      }),
    });
  const entries: fc.Arbitrary<readonly TiffEntry[]> = fc
    .subarray(tags, { maxLength: 8 })
    .chain((chosen) => fc.tuple(...chosen.map(entry)));
  const page = { width: 40, height: 30, samplesPerPixel: 3, photometric: 2 };
  const data = Buffer.alloc(40 * 30 * 3);

  it('is made of finite, positive numbers, or the page is refused by a typed error', async () => {
    let [planned, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(entries, fc.boolean(), async (hostile, big) => {
        const tiff = makeTiffAs({ big }, { ...page, data, entries: hostile });
        const { header } = await readCounting(tiff);
        const first = header?.pages[0];
        if (!first) return;
        const figures = refusalOf(() => figuresOf(first, pageFile(header, 'x.tif')));
        if (figures instanceof ConversionError) refused++;
        else {
          planned++;
          expect(figures).toEqual(figures instanceof Error ? [] : expect.any(Array));
          for (const figure of figures as number[]) {
            expect(Number.isFinite(figure)).toBe(true);
            expect(figure).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 2_000, seed: 14 },
    );
    expect(planned).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it.each([
    [0, 30],
    [40, 0],
    [0, 0],
  ])('is none for %i × %i, whoever would read it', (width, height) => {
    for (const bits of [1, 7, 8, 16])
      for (const compression of [1, 6, 7]) {
        const bitsPerSample = [bits, bits, bits];
        const bare = { ...pageOf(1), width, height, bitsPerSample, compression };
        expect(refusalOf(() => figuresOf(bare, fileOfPage(bare)))).toMatchObject({
          code: 'UNREADABLE_TIFF',
          message: expect.stringContaining(`it has no pixels (${width} × ${height})`),
        });
      }
  });
});

describe('what is no number', () => {
  const price = { memoryBytes: 1, cpuSeconds: 1, diskBytes: 0 };

  it.each([
    ['memoryBytes', Number.NaN],
    ['memoryBytes', 0],
    ['memoryBytes', Number.POSITIVE_INFINITY],
    ['cpuSeconds', Number.NaN],
    ['cpuSeconds', -1],
    ['diskBytes', Number.NaN],
    ['diskBytes', -1],
  ])('is no price: %s %d', (what, value) => {
    expect(checkedPrice(price)).toBe(price);
    expect(() => checkedPrice({ ...price, [what]: value })).toThrow(RangeError);
  });

  it.each(Object.keys(endless))('is no limit: %s', (what) => {
    const limits = { ...endless, [what]: Number.NaN };
    const page = pageOf(1);
    const chosen = readable(page, fileOfPage(page));
    expect(() => planConversion(chosen, limits, settings)).toThrow(RangeError);
  });
});
