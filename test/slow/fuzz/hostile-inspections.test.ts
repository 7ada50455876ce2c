import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../src/lib/convert/encoder-settings.ts';
import type { ReadableFile } from '../../../src/lib/convert/header/tiff-source.ts';
import { inspectFile } from '../../../src/lib/convert/inspect/inspect-file.ts';
import { inspectTiff } from '../../../src/lib/convert/inspect/inspect-tiff.ts';
import { ArkeError } from '../../../src/lib/errors.ts';
import { makeTiffAs, type TiffPage } from '../../support/tiff-writer.ts';
import { useFolder } from '../../support/use-folder.ts';
import { drawOriginal, mutate } from './mutate.ts';
import { originals } from './originals.ts';
import { fuzzSettings } from './settings.ts';

const { count: COUNT, seed: SEED } = fuzzSettings({ count: 2_000, seed: 20_261 });
const MIB = 1024 ** 2;
const options = {
  name: 'hostile.tif',
  encoder: defaultEncoderSettings,
  pages: 'all',
  limits: { memoryBytes: 2 ** 30, cpuSeconds: 60, seconds: 60, diskBytes: 2 ** 30 },
} as const;
const folder = useFolder();

describe(`inspections of ${COUNT} mutated TIFFs (ARKE_TEST_FUZZ_SEED=${SEED})`, () => {
  it('end with what is there or with a typed error', async () => {
    const all = await originals();
    const path = folder.path('hostile.tif');
    const problems: string[] = [];
    const ends = { inspected: 0, refused: 0 };
    for (let index = 0; index < COUNT; index++) {
      const [original, random] = drawOriginal(all, SEED + index);
      const { bytes, how } = mutate(original.bytes, random);
      await writeFile(path, bytes);
      try {
        JSON.stringify(await inspectFile(path, options));
        ends.inspected++;
      } catch (error) {
        ends.refused++;
        if (!(error instanceof ArkeError))
          problems.push(`${SEED + index} ${original.name}, ${how}: ${error}`);
      }
    }
    expect(problems).toEqual([]);
    expect(ends.inspected).toBeGreaterThan(ends.refused);
    expect(ends.refused).toBeGreaterThan(0);
  }, 600_000);
});

describe('an inspection is bounded', () => {
  const page: TiffPage = {
    width: 8,
    height: 8,
    samplesPerPixel: 1,
    photometric: 1,
    data: Buffer.alloc(64),
  };

  /** Inspects a file of which only the beginning is not zero, and counts what is read of it. */
  async function countReading(start: Buffer, fileBytes: number) {
    const counted = { bytes: 0, largest: 0 };
    const file: ReadableFile = {
      async read(buffer, offset, length, position) {
        counted.bytes += length;
        counted.largest = Math.max(counted.largest, length);
        buffer.fill(0, offset, offset + length);
        buffer.set(start.subarray(position, position + length), offset);
        return { bytesRead: length };
      },
    };
    const inspection = await inspectTiff(file, fileBytes, options);
    return { ...counted, inspection };
  }

  it.each([
    ['a text', 270, 2],
    ['XMP', 700, 1],
    ['an ICC profile', 34_675, 7],
    ['Photoshop resources', 34_377, 7],
    ['numbers', 297, 3],
    ['a list of SubIFDs', 330, 4],
  ])('when %s claims to have a gigabyte', async (_, tag, type) => {
    const entry = { tag, type, values: [], count: 2 ** 28, pointer: 4_096 };
    const tiff = makeTiffAs({ big: true }, { ...page, entries: [entry] });
    const { bytes, largest, inspection } = await countReading(tiff, 2 ** 32);
    expect(inspection?.directories).toHaveLength(1);
    expect(bytes).toBeLessThan(MIB);
    expect(largest).toBeLessThan(MIB / 4);
  });

  it('when a thousand directories have four thousand tags each, most of them twice', async () => {
    const tiff = manyDirectories(1_000, 4_000);
    const { bytes, inspection } = await countReading(tiff, tiff.length);
    expect(inspection?.directories.length).toBeGreaterThan(1);
    // An allowance for the headers and one for the rest, each with one read beyond it.
    expect(bytes).toBeLessThan(2 * 130 * MIB);
  });
});

/** A classic TIFF of directories one after the other, each with the same one-letter texts. */
function manyDirectories(count: number, entries: number): Buffer {
  const directory = Buffer.alloc(2 + entries * 12 + 4);
  directory.writeUInt16LE(entries, 0);
  for (let i = 0; i < entries; i++) {
    const at = 2 + i * 12;
    directory.writeUInt16LE(40_000 + (i % 1_500), at);
    directory.writeUInt16LE(2, at + 2);
    directory.writeUInt32LE(1, at + 4);
    directory.write('A', at + 8);
  }
  const all = Array.from({ length: count }, (_, i) => {
    const one = Buffer.from(directory);
    one.writeUInt32LE(i === count - 1 ? 0 : 8 + (i + 1) * one.length, one.length - 4);
    return one;
  });
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), ...all]);
}
