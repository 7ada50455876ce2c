import { describe, expect, it } from 'vitest';
import type { TiffPage } from '../../../../../src/lib/convert/header/tiff-header.ts';
import {
  exceedsMagick,
  magickBytes,
  magickCpuSeconds,
} from '../../../../../src/lib/convert/plan/fallback-memory.ts';
import { firstPage } from '../../../../support/tiff-headers.ts';

const MB = 1024 * 1024;

/** A measured decoding: what it was of, and the peak of its process in MB. */
interface Measured {
  readonly name: string;
  readonly page: Partial<TiffPage>;
  readonly tile?: number;
  readonly rows?: number;
  readonly fileBytes: number;
  readonly peak: number;
}

const small = { width: 1_250, height: 800 };
const large = { width: 8_000, height: 7_500 };
const middle = { width: 6_000, height: 4_000 };
const oldJpeg = { compression: 6, photometric: 6, samplesPerPixel: 3 };
const rgbPlanes = { compression: 7, photometric: 2, samplesPerPixel: 3, planar: true };
const cmykPlanes = { compression: 7, photometric: 5, samplesPerPixel: 4, planar: true };
const lab = { compression: 7, photometric: 8, samplesPerPixel: 3 };
const pixarLog = { compression: 32_909, photometric: 2, samplesPerPixel: 3 };

const MEASURED: readonly Measured[] = [
  { name: 'old JPEG, 1 MP', page: { ...oldJpeg, ...small }, fileBytes: 0.2 * MB, peak: 201 },
  {
    name: 'old JPEG, 60 MP, one strip',
    page: { ...oldJpeg, ...large },
    fileBytes: 9 * MB,
    peak: 1034,
  },
  {
    name: 'old JPEG, 60 MP',
    page: { ...oldJpeg, ...large },
    rows: 48,
    fileBytes: 15 * MB,
    peak: 631,
  },
  {
    name: 'planes, 1 MP',
    page: { ...rgbPlanes, ...small },
    tile: 512,
    fileBytes: 0.3 * MB,
    peak: 191,
  },
  {
    name: 'planes, 24 MP',
    page: { ...rgbPlanes, ...middle },
    tile: 512,
    fileBytes: 7 * MB,
    peak: 462,
  },
  {
    name: 'planes, 60 MP',
    page: { ...rgbPlanes, ...large },
    tile: 512,
    fileBytes: 17 * MB,
    peak: 857,
  },
  {
    name: 'CMYK, 60 MP',
    page: { ...cmykPlanes, ...large },
    tile: 512,
    fileBytes: 23 * MB,
    peak: 939,
  },
  { name: 'Lab, 24 MP', page: { ...lab, ...middle }, tile: 512, fileBytes: 7 * MB, peak: 496 },
  { name: 'Lab, 60 MP', page: { ...lab, ...large }, tile: 512, fileBytes: 17 * MB, peak: 880 },
  {
    name: 'PixarLog, 60 MP',
    page: { ...pixarLog, ...large },
    rows: 64,
    fileBytes: 131 * MB,
    peak: 637,
  },
];

async function pageOf({ page, tile, rows, fileBytes }: Measured): Promise<TiffPage> {
  const empty = {
    width: 8,
    height: 8,
    samplesPerPixel: 1,
    photometric: 1,
    data: new Uint8Array(64),
  };
  const { width = 0, height = 0 } = page;
  const strip = rows ?? height;
  const bytes = {
    totalBytes: fileBytes,
    end: fileBytes,
    count: 1,
    needed: 1,
    empty: 0,
    lastStart: 0,
  };
  const segments = tile
    ? { kind: 'tiles' as const, width: tile, height: tile, largestBytes: 50_000, ...bytes }
    : { kind: 'strips' as const, width, height: strip, ...bytes };
  const largestBytes = (fileBytes * strip) / height;
  return { ...(await firstPage(empty)), ...page, segments: { largestBytes, ...segments } };
}

describe('the memory that ImageMagick takes is predicted', () => {
  for (const measured of MEASURED)
    it(`never below what was measured, and not far above: ${measured.name}`, async () => {
      const predicted = magickBytes(await pageOf(measured), measured.fileBytes) / MB;
      expect(predicted).toBeGreaterThanOrEqual(measured.peak);
      expect(predicted).toBeLessThanOrEqual(measured.peak * 1.5 + 60);
    });

  it('to be more than it can address for a picture of 400 MP in tiles, and not for one of 100', async () => {
    const tiled = (side: number) =>
      pageOf({
        name: '',
        page: { ...rgbPlanes, width: side, height: side },
        tile: 512,
        fileBytes: MB,
        peak: 0,
      });
    expect(exceedsMagick(await tiled(20_000), MB)).toBe(true);
    expect(exceedsMagick(await tiled(10_000), MB)).toBe(false);
  });
});

it('the time grows with pixels and data', async () => {
  const [one, two] = [MEASURED[3], MEASURED[5]];
  if (!one || !two) throw new Error('The table is shorter than that');
  const [few, many] = [magickCpuSeconds(await pageOf(one)), magickCpuSeconds(await pageOf(two))];
  expect(few).toBeGreaterThan(0.3);
  expect(many).toBeGreaterThan(few + 2);
});
