import { describe, expect, it } from 'vitest';
import { compareByRows } from '../../../../../src/lib/convert/verify/similarity.ts';
import { noise, randomNumbers } from '../../../../support/noise.ts';
import { psnr } from '../../../../support/pixels.ts';

interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Buffer;
}

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Two pictures as they compare when they come `rows` at a time. */
function compare(a: Samples, b: Samples, rows = 64) {
  const comparison = compareByRows(a);
  const rowLength = a.width * a.channels;
  for (let at = 0; at < a.data.length; at += rows * rowLength) {
    const end = at + rows * rowLength;
    comparison.add(a.data.subarray(at, end), b.data.subarray(at, end));
  }
  const sums = comparison.end();
  return {
    ssim: total(sums.similarity) / total(sums.windows),
    psnr: 10 * Math.log10(255 ** 2 / (total(sums.error) / (total(sums.pixels) * a.channels))),
    sums,
  };
}

/**
 * The same by the book: Wang et al. 2004, equations 13 to 16, window by window, with two passes
 * over each.
 */
function ssimByTheBook(a: Samples, b: Samples): number {
  const luma = ({ channels, data, width }: Samples, x: number, y: number) => {
    const at = (y * width + x) * channels;
    const [r = 0, g = 0, blue = 0] = data.subarray(at, at + channels);
    return channels === 1 ? r : Math.round(0.299 * r + 0.587 * g + 0.114 * blue);
  };
  const values: number[] = [];
  for (let top = 0; top === 0 || top + 4 < a.height; top += 4)
    for (let left = 0; left === 0 || left + 4 < a.width; left += 4) {
      const [u, v]: [number[], number[]] = [[], []];
      for (let y = top; y < Math.min(top + 8, a.height); y++)
        for (let x = left; x < Math.min(left + 8, a.width); x++) {
          u.push(luma(a, x, y));
          v.push(luma(b, x, y));
        }
      const mean = (list: number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
      const [mu, mv] = [mean(u), mean(v)];
      const variance = (list: number[], m: number) => mean(list.map((one) => (one - m) ** 2));
      const covariance = mean(u.map((one, i) => (one - mu) * ((v[i] ?? 0) - mv)));
      const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
      values.push(
        ((2 * mu * mv + c1) * (2 * covariance + c2)) /
          ((mu ** 2 + mv ** 2 + c1) * (variance(u, mu) + variance(v, mv) + c2)),
      );
    }
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

const sizes = [
  [64, 64],
  [200, 131],
  [37, 29],
  [8, 8],
  [5, 9],
  [4, 4],
  [3, 2],
  [1, 300],
  [129, 1],
] as const;

describe.each([1, 3] as const)('two pictures of %i channels', (channels) => {
  it.each(sizes)('of %i × %i pixels have the SSIM of its definition', (width, height) => {
    const random = randomNumbers(width * 1000 + height);
    const a = noise({ width, height, channels }, random);
    const data = Buffer.from(a.data.map((level) => Math.min(255, level * 0.7 + random() * 80)));
    const b = { ...a, data };
    const compared = compare(a, b);
    // A luma that is rounded to the other side makes a difference in colour.
    expect(compared.ssim).toBeCloseTo(ssimByTheBook(a, b), channels === 1 ? 9 : 3);
    expect(compared.psnr).toBeCloseTo(psnr(a, b), 9);
  });

  it('are equally alike, however many rows come at a time', () => {
    const random = randomNumbers(7);
    const a = noise({ width: 90, height: 150, channels }, random);
    const b = noise({ width: 90, height: 150, channels }, random);
    const { sums } = compare(a, b);
    for (const rows of [1, 3, 128]) expect(compare(a, b, rows).sums).toEqual(sums);
  });

  it('that are the same differ nowhere', () => {
    const a = noise({ width: 90, height: 70, channels }, randomNumbers(3));
    expect(compare(a, a)).toMatchObject({ ssim: 1, psnr: Number.POSITIVE_INFINITY });
  });
});

describe('an area', () => {
  it('has what differs in it, and no other has', () => {
    const a = noise({ width: 192, height: 128, channels: 3 }, randomNumbers(5));
    const data = Buffer.from(a.data);
    const at = (64 * 192 + 130) * 3;
    data[at] = (data[at] ?? 0) ^ 64;
    const { sums } = compare(a, { ...a, data });
    expect([...sums.error]).toEqual([0, 0, 0, 0, 0, 64 ** 2]);
    expect([...sums.pixels]).toEqual(Array(6).fill(64 * 64));
    expect(sums.shifts.map((shift) => [...shift].map(Math.abs))).toEqual([
      [0, 0, 0, 0, 0, 64],
      [0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0],
    ]);
  });

  it('is large enough to say something: what is left over belongs to the last one', () => {
    const a = noise({ width: 130, height: 70, channels: 1 }, randomNumbers(5));
    expect([...compare(a, a).sums.pixels]).toEqual([64 * 70, 66 * 70]);
  });
});
