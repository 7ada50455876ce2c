import { describe, expect, it } from 'vitest';
import type { Resolution } from '../../../../src/lib/convert/header/resolution.ts';
import { densityOf, uneven } from '../../../../src/lib/convert/jpeg-density.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import { firstPage, tiffLayouts } from '../../../support/tiff-headers.ts';
import { makeTiffAs, type TiffPage } from '../../../support/tiff-writer.ts';

const resolution = (x: number, y: number, unit: Resolution['unit'] = 2): Resolution => ({
  x,
  y,
  unit,
});

describe('what JFIF says', () => {
  it.each([
    [resolution(300, 300), { x: 300, y: 300, unit: 1 }],
    [resolution(299.97, 299.97), { x: 300, y: 300, unit: 1 }],
    [resolution(204, 98), { x: 204, y: 98, unit: 1 }],
    [resolution(120, 120, 3), { x: 120, y: 120, unit: 2 }],
    [resolution(118.11, 118.11, 3), { x: 300, y: 300, unit: 1 }],
    [resolution(1, 2, 1), { x: 1, y: 2, unit: 0 }],
    [resolution(1, 0.909, 1), { x: 1100, y: 1000, unit: 0 }],
  ])('of %o', (said, density) => {
    expect(densityOf(said)).toEqual(density);
  });

  it.each([resolution(70_000, 70_000), resolution(0.2, 0.2), resolution(100.5, 1, 1), undefined])(
    'is nothing of %o',
    (said) => {
      expect(densityOf(said)).toBeUndefined();
    },
  );
});

describe('the resolution of a page', () => {
  const page: TiffPage = {
    width: 16,
    height: 16,
    samplesPerPixel: 1,
    photometric: 1,
    data: Buffer.alloc(256),
  };
  const types = { SHORT: 3, LONG: 4, RATIONAL: 5, SRATIONAL: 10, FLOAT: 11, DOUBLE: 12 };
  it.each(
    tiffLayouts.flatMap(([name, layout]) =>
      Object.entries(types).map(([of, type]) => [of, name, type, layout] as const),
    ),
  )('is read where it is of type %s: %s', async (_, __, type, layout) => {
    const of = (tag: number, value: number) => ({ tag, type, values: [value] });
    const both = { ...page, entries: [of(282, 300), of(283, 600)] };
    expect((await firstPage(both, layout)).resolution).toEqual(resolution(300, 600));
    const one = { ...page, entries: [of(283, 600)] };
    expect((await firstPage(one, layout)).resolution).toEqual(resolution(600, 600));
  });
});

describe('pixels that are not square', () => {
  it.each([
    [resolution(204, 98), 'Its pixels are not square (204 × 98 dpi): '],
    [resolution(204, 196), 'Its pixels are not square (204 × 196 dpi): '],
    [resolution(80.315, 38.5, 3), 'Its pixels are not square (80.315 × 38.5 per centimetre): '],
    [resolution(1, 2, 1), 'Its pixels are not square (1 × 2): '],
  ])('are told of: %o', (said, words) => {
    expect(uneven(said)).toBe(
      `${words}programs that ignore the resolution show the picture distorted`,
    );
  });

  it.each([
    ...[resolution(300, 300), resolution(300, 299.5), resolution(1, 1, 1), undefined],
    // Nonsense, of which a JPEG says nothing.
    resolution(346_409, 300),
  ])('are not those of %o', (said) => {
    expect(uneven(said)).toBeUndefined();
  });

  it.each(tiffLayouts)('are a warning of an inspection: %s', async (_, layout) => {
    const page: TiffPage = {
      width: 16,
      height: 16,
      samplesPerPixel: 1,
      photometric: 1,
      data: Buffer.alloc(256),
      entries: [
        { tag: 282, type: 5, values: [204] },
        { tag: 283, type: 5, values: [98] },
      ],
    };
    const { problems, error } = await inspectionOf(makeTiffAs(layout, page));
    expect(problems).toEqual([
      {
        code: 'PIXELS_NOT_SQUARE',
        directory: 0,
        severity: 'warning',
        message: expect.stringContaining('204 × 98 dpi'),
      },
    ]);
    expect(error).toBeUndefined();
  });
});
