import { beforeAll, describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import {
  readTiffHeader,
  type TiffPage,
} from '../../../../../src/lib/convert/header/tiff-header.ts';
import { predictJpegBytes } from '../../../../../src/lib/convert/plan/size-model.ts';
import { raw } from '../../../../support/pictures.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
let page: TiffPage;
beforeAll(async () => {
  const path = await folder.write('a.tif', await raw(1000, 1000, 3).tiff().toBuffer());
  const header = await readTiffHeader(path);
  if (header) page = { ...header.pages[0], photometric: 2 };
});

const predict = (changes: object) =>
  predictJpegBytes(page, { ...defaultEncoderSettings, effort: 'max', ...changes });

describe('the guess at the size of a JPEG', () => {
  it('is two bits a pixel for colour pictures as the contract has them', () => {
    expect(predict({})).toBe(250_000);
  });

  it('is a number, or a fault', () => {
    const none = { ...page, width: Number.NaN };
    const settings = { ...defaultEncoderSettings, effort: 'max' } as const;
    expect(() => predictJpegBytes(none, settings)).toThrow(RangeError);
  });

  it('grows with the quality, without a step, up to the highest', () => {
    const sizes = Array.from({ length: 100 }, (_, i) => predict({ quality: i + 1 }));
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes);
    expect(new Set(sizes).size).toBe(100);
    expect(sizes[99]).toBe(467_500);
    expect(sizes[0]).toBe(7_500);
  });

  it('grows with less effort and with full chroma, and is less for grey', () => {
    const max = predict({});
    expect(predict({ effort: 'balanced' })).toBeGreaterThan(max);
    expect(predict({ effort: 'fast' })).toBeGreaterThan(predict({ effort: 'balanced' }));
    expect(predict({ chromaSubsampling: '4:4:4' })).toBeGreaterThan(max);
    expect(predict({ maxSize: 500 })).toBe(max / 4);
    const grey = { ...page, photometric: 1, samplesPerPixel: 1 };
    const settings = { ...defaultEncoderSettings, effort: 'max' } as const;
    expect(predictJpegBytes(grey, settings)).toBeLessThan(max);
  });
});
