import { afterAll, beforeAll } from 'vitest';
import { makeTiffFile } from '../../bench/make-tiff.ts';
import type { TiffSpec } from '../../bench/tiff-spec.ts';
import { convertInPlace, type InPlaceOptions } from '../../src/lib/convert/convert-in-place.ts';
import type { ConversionNote } from '../../src/lib/convert/messages.ts';
import { type Converter, openConverter } from '../../src/lib/convert/process/converter.ts';
import { compareWithTiff } from '../../src/lib/convert/verify/compare-with-tiff.ts';
import type { Likeness } from '../../src/lib/convert/verify/likeness.ts';
import { useFolder } from './use-folder.ts';

/** What the tests of comparisons stand on. */
interface Comparisons {
  readonly folder: ReturnType<typeof useFolder>;
  readonly converter: () => Converter;
  /** Draws a TIFF like a photograph, `scan.tif` of the folder; its path. */
  draw(differs?: Partial<TiffSpec>): Promise<string>;
  /** Compares a JPEG with a TIFF. Throws what `compareWithTiff` throws. */
  compare(tiff: string, jpeg: string, options?: InPlaceOptions): Promise<Likeness>;
  /**
   * Converts a TIFF to `scan.jpg` of the folder and compares what came out. Throws what both throw.
   */
  verify(
    tiff: string,
    options?: InPlaceOptions,
  ): Promise<{ readonly likeness: Likeness; readonly notes: readonly ConversionNote[] }>;
}

const photo: TiffSpec = {
  megapixels: 0.3,
  kind: 'rgb',
  bits: 8,
  compression: 'lzw',
  layout: 'strips',
  orientation: 1,
};

/**
 * For the tests of a file: a folder and a conversion process. What it gives throws outside of tests
 * and hooks.
 */
export function useComparisons(): Comparisons {
  const folder = useFolder();
  let opened: Converter | undefined;
  beforeAll(async () => {
    opened = openConverter(await folder.make('process'));
  });
  afterAll(() => opened?.close());
  const converter = () => {
    if (!opened) throw new Error('The process is not there yet: use it in tests and hooks only.');
    return opened;
  };
  const compare: Comparisons['compare'] = (tiff, jpeg, options = {}) =>
    compareWithTiff(tiff, jpeg, { ...options, converter: converter() });
  return {
    folder,
    converter,
    compare,
    draw: async (differs = {}) => {
      const path = folder.path('scan.tif');
      await makeTiffFile(path, { ...photo, ...differs });
      return path;
    },
    verify: async (tiff, options = {}) => {
      const jpeg = folder.path('scan.jpg');
      const { notes } = await convertInPlace(tiff, jpeg, { ...options, converter: converter() });
      return { likeness: await compare(tiff, jpeg, options), notes };
    },
  };
}
