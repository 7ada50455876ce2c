import { afterAll, beforeAll, expect } from 'vitest';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../src/lib/convert/process/converter.ts';
import { ConversionError } from '../../../src/lib/errors.ts';
import { levelsOfPatches } from '../../support/patches.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { useFolder } from '../../support/use-folder.ts';

/** What is to be seen of a TIFF of patches (`patchesTiff`). */
export interface Shown {
  /** The levels of each patch: one of grey, or red, green and blue. */
  readonly levels: readonly (readonly number[])[];
  /** Codes of the notes that are warnings about colours. */
  readonly warnings: readonly string[];
}

interface Colours {
  /** Converts a TIFF of patches. Throws what `convertInPlace` throws. */
  show(tiff: Buffer, background?: string): Promise<Shown>;
  /** The same for what may be refused: undefined where it is, by a named error. */
  showOrRefuse(tiff: Buffer): Promise<Shown | undefined>;
  /** Writes a TIFF for other readers, and gives its path and folder. */
  keep(tiff: Buffer): Promise<{ readonly path: string; readonly folder: string }>;
}

/** For the tests of a file: a conversion process and a folder, both gone after them. */
export function useColours(): Colours {
  const folder = useFolder();
  let converter: Converter;
  beforeAll(() => {
    converter = openConverter(folder.root);
  });
  afterAll(() => converter.close());
  const show = async (tiff: Buffer, background = 'white'): Promise<Shown> => {
    const path = await folder.write('colours.tif', tiff);
    const jpeg = folder.path('colours.jpg');
    const fine = { quality: 95, chromaSubsampling: '4:4:4', background } as const;
    const { notes } = await convertInPlace(path, jpeg, { converter, ...fine });
    const levels = levelsOfPatches(await decodeJpeg(jpeg));
    return { levels, warnings: notes.map(({ code }) => code) };
  };
  return {
    show,
    showOrRefuse: async (tiff) => {
      try {
        return await show(tiff);
      } catch (error) {
        expect(error).toBeInstanceOf(ConversionError);
        return undefined;
      }
    },
    keep: async (tiff) => ({ path: await folder.write('kept.tif', tiff), folder: folder.root }),
  };
}

/**
 * Expects levels, grey or coloured, that are at most `most` apart from what they should be. (At
 * quality 95 JPEG's own rounding moves the level of a patch by one.)
 */
export function expectLevels(
  levels: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
  most = 2,
): void {
  const grey = (colour: readonly number[]) => colour.every((level) => level === colour[0]);
  const wide = (colour: readonly number[]) =>
    colour.length === 1 ? [...colour, ...colour, ...colour] : colour;
  const both = levels.map((colour, i) => [wide(colour), wide(expected[i] ?? [])] as const);
  const apart = both.map(([a, b]) =>
    Math.max(...a.map((level, c) => Math.abs(level - (b[c] ?? Infinity)))),
  );
  const told = both.map(([a, b]) => `${a.join()} for ${b.map(Math.round).join()}`);
  expect(levels).toHaveLength(expected.length);
  expect(Math.max(...apart), told.join('; ')).toBeLessThanOrEqual(most);
  // A grey picture must not have turned coloured.
  if (expected.every((colour) => colour.length === 1)) expect(levels.every(grey)).toBe(true);
}

/** Steps from the first to the last number, in even distances. */
export function steps(count: number, first: number, last: number): number[] {
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
}
