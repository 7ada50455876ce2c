import { describe, expect, it } from 'vitest';
import { chooseReader } from '../../../../../src/lib/convert/plan/reader.ts';
import { firstPage } from '../../../../support/tiff-headers.ts';
import type { TiffEntry } from '../../../../support/tiff-writer.ts';

const [ASCII, SHORT] = [2, 3];
const inks = (value: number): TiffEntry => ({ tag: 332, type: SHORT, values: [value] });
const named = (...names: string[]): TiffEntry => ({
  tag: 333,
  type: ASCII,
  values: [...Buffer.from(names.map((name) => `${name}\0`).join(''))],
});
const page = (...entries: TiffEntry[]) =>
  firstPage({
    width: 4,
    height: 4,
    samplesPerPixel: 4,
    photometric: 5,
    data: Buffer.alloc(64),
    entries,
  });
const CMYK = ['Cyan', 'magenta', 'Yellow', 'BLACK'];

describe('the samples of separations', () => {
  it.each<[string, TiffEntry[]]>([
    ['where the file says nothing else', []],
    ['where it says so', [inks(1)]],
    ['where it says nonsense', [inks(7)]],
    ['where it says other inks, but names these', [inks(2), named(...CMYK)]],
    ['where it names others beside them', [inks(2), named(...CMYK, 'Orange')]],
    ['where it names them by a letter each', [inks(2), named('C', 'M', 'Y', 'K')]],
  ])('are CMYK %s', async (_, entries) => {
    const cmyk = await page(...entries);
    expect(cmyk.inkSet).toBe(1);
    expect(chooseReader(cmyk, 'a.tif')).toMatchObject({ reader: 'sharp' });
  });

  it('are CMYK where the last name does not end', async () => {
    const names = { ...named(...CMYK), values: [...Buffer.from(CMYK.join('\0'))] };
    expect((await page(inks(2), names)).inkSet).toBe(1);
  });

  it.each<[string, TiffEntry[]]>([
    ['that have no names', [inks(2)]],
    ['that are others', [inks(2), named('Red', 'Green', 'Blue', 'Gold')]],
    ['that are in another order', [inks(2), named('Black', 'Cyan', 'Magenta', 'Yellow')]],
    ['that begin as these do', [inks(2), named('Cyan', 'Magenta', 'Yellow', 'Black light')]],
    ['whose names are not in the file', [inks(2), { ...named('Cyan'), count: 1e6 }]],
  ])('are refused by name as inks %s', async (_, entries) => {
    const other = await page(...entries);
    expect(other.inkSet).toBe(2);
    expect(() => chooseReader(other, 'a.tif')).toThrow(
      '"a.tif" has inks other than cyan, magenta, yellow and black, which arke-tiff cannot decode',
    );
  });

  it('are what counts only where the colours are inks', async () => {
    const rgb = await firstPage({
      width: 4,
      height: 4,
      samplesPerPixel: 3,
      photometric: 2,
      data: Buffer.alloc(48),
      entries: [inks(2)],
    });
    expect(chooseReader(rgb, 'a.tif')).toMatchObject({ reader: 'sharp' });
  });
});
