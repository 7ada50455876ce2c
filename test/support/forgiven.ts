import { afterAll, beforeAll, expect } from 'vitest';
import { convertInPlace } from '../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../src/lib/convert/process/converter.ts';
import { ConversionError } from '../../src/lib/errors.ts';
import { decodeJpeg, type Picture } from './pixels.ts';
import {
  makeTiffAs,
  segmentsOf,
  type TiffEntry,
  type TiffLayout,
  type TiffPage,
} from './tiff-writer.ts';
import { useFolder } from './use-folder.ts';

const OPTIONS = { effort: 'fast', chromaSubsampling: '4:4:4', silenceMs: 600_000 } as const;

/**
 * For the tests of a file of what is forgiven: a conversion process, and what pages become with and
 * without a fault.
 */
export function useForgiveness() {
  const folder = useFolder();
  const sound = new Map<string, Picture>();
  let converter: Converter;
  beforeAll(async () => {
    converter = openConverter(await folder.make('work'));
  });
  afterAll(() => converter.close());

  async function convert(tiff: Buffer) {
    const input = await folder.write('scan.tif', tiff);
    const output = folder.path('scan.jpg');
    const { notes } = await convertInPlace(input, output, { ...OPTIONS, converter });
    const told = notes.filter(({ code }) => code !== 'EXTRA_SAMPLES_DROPPED');
    return { notes, told, picture: await decodeJpeg(output) };
  }

  /** What a page becomes without a fault: of each name once. */
  async function soundly(name: string, page: TiffPage, layout: TiffLayout): Promise<Picture> {
    const known = sound.get(name);
    if (known) return known;
    const { told, picture } = await convert(makeTiffAs(layout, page));
    expect(told, name).toEqual([]);
    sound.set(name, picture);
    return picture;
  }

  /**
   * Expects an error where so many of a file's last bytes are missing, all of which are data. Each
   * costs a conversion process, so tests take cuts in turn; the truncation suite makes all of them.
   */
  async function expectNothingOf(tiff: Buffer, cut: number, name: string): Promise<void> {
    const rest = convert(tiff.subarray(0, -cut));
    await expect(rest, `${name}, ${cut} bytes`).rejects.toThrow(ConversionError);
  }

  return { folder, convert, soundly, expectNothingOf };
}

/**
 * Bytes to cut off the end of a page that `makeDataLast` writes: another number at each turn, at
 * most half of its last strip or tile.
 */
export function cutOf(page: TiffPage, turn: number): number {
  const { length = 0 } = segmentsOf(page).at(-1) ?? {};
  const half = Math.ceil(length / 2);
  const cuts = [1, half, 3, 2, 40];
  return Math.min(cuts[turn % cuts.length] ?? 1, half);
}

/** A page that has these entries, in place of its own of the same tags. */
export function withTags(page: TiffPage, ...more: readonly TiffEntry[]): TiffPage {
  const replaced = new Set(more.map(({ tag }) => tag));
  const kept = (page.entries ?? []).filter(({ tag }) => !replaced.has(tag));
  return { ...page, entries: [...kept, ...more] };
}

/** An entry of 16-bit numbers. */
export const short = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: 3, values });
