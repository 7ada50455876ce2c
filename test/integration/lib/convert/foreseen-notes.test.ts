import { describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../../src/lib/convert/header/tiff-header.ts';
import type { ConversionNote } from '../../../../src/lib/convert/messages.ts';
import { notesFromHeader } from '../../../../src/lib/convert/notes-on-pages.ts';
import { commandNames } from '../../../../src/lib/convert/setting-names.ts';
import { useConverters } from '../../../support/converters.ts';
import { makeTiff, type TiffPage } from '../../../support/tiff-writer.ts';

const { folder, withConverter, convert } = useConverters();

type Kind = Omit<TiffPage, 'width' | 'height' | 'data'>;

const palette = { tag: 320, type: 3, values: Array.from({ length: 768 }, (_, i) => i * 80) };
/** MaxSampleValue, which only the samples can contradict. */
const claims12 = { tag: 281, type: 3, values: [4095] };

/** Samples beside the colours, and samples that are scaled, for each of the readers. */
const kinds: Readonly<Record<string, Kind>> = {
  grey: { photometric: 1, samplesPerPixel: 1 },
  'grey and one more': { photometric: 1, samplesPerPixel: 2, extraSamples: [0] },
  'grey and two more': { photometric: 1, samplesPerPixel: 3, extraSamples: [0, 0] },
  'grey and alpha': { photometric: 1, samplesPerPixel: 2, extraSamples: [2] },
  RGB: { photometric: 2, samplesPerPixel: 3 },
  'RGB and one more': { photometric: 2, samplesPerPixel: 4, extraSamples: [0] },
  'RGB and two more': { photometric: 2, samplesPerPixel: 5, extraSamples: [0, 0] },
  'RGB and alpha': { photometric: 2, samplesPerPixel: 4, extraSamples: [2] },
  'RGB, alpha and one more': { photometric: 2, samplesPerPixel: 5, extraSamples: [2, 0] },
  'RGB and four more': { photometric: 2, samplesPerPixel: 7, extraSamples: [0, 0, 0, 0] },
  'RGB, alpha and three more': { photometric: 2, samplesPerPixel: 7, extraSamples: [0, 2, 0, 0] },
  CMYK: { photometric: 5, samplesPerPixel: 4 },
  'CMYK and one more': { photometric: 5, samplesPerPixel: 5, extraSamples: [0] },
  palette: { photometric: 3, samplesPerPixel: 1, entries: [palette] },
  Lab: { photometric: 8, samplesPerPixel: 3 },
  'Lab and one more': { photometric: 8, samplesPerPixel: 4, extraSamples: [0] },
  'YCbCr and one more': {
    photometric: 6,
    samplesPerPixel: 4,
    extraSamples: [0],
    entries: [{ tag: 530, type: 3, values: [1, 1] }],
  },
  'signed, 8 bits': { photometric: 1, samplesPerPixel: 1, sampleFormat: 2 },
  'signed, 16 bits': { photometric: 1, samplesPerPixel: 1, sampleFormat: 2, bitsPerSample: 16 },
  'floats and one more': {
    photometric: 2,
    samplesPerPixel: 4,
    extraSamples: [0],
    sampleFormat: 3,
    bitsPerSample: 32,
  },
  '32 bits': { photometric: 1, samplesPerPixel: 1, bitsPerSample: 32 },
  '12 bits': { photometric: 1, samplesPerPixel: 1, bitsPerSample: 12 },
};

const SIDE = 16;

function tiffOf(kind: Kind): Buffer {
  const { samplesPerPixel, bitsPerSample = 8 } = kind;
  const data = Buffer.alloc((SIDE * SIDE * samplesPerPixel * bitsPerSample) / 8, 0x3f);
  return makeTiff({ ...kind, width: SIDE, height: SIDE, data });
}

const codesOf = (notes: readonly ConversionNote[]) => notes.map(({ code }) => code).sort();

describe('what the header says about samples before a conversion', () => {
  it('is what the conversion says', async () => {
    const foreseen: Record<string, unknown> = {};
    const said: Record<string, unknown> = {};
    await withConverter(async (converter) => {
      for (const [name, kind] of Object.entries(kinds)) {
        const path = await folder.write('page.tif', tiffOf(kind));
        const header = await readTiffHeader(path);
        foreseen[name] = header && notesFromHeader({ header, numbers: [1] }, 'first', commandNames);
        said[name] = (await convert(path, converter)).notes;
      }
    });
    const codes = (all: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(all).map(([name, notes]) => [name, codesOf(notes as ConversionNote[])]),
      );
    expect(codes(foreseen)).toEqual(codes(said));
    // Both kinds, or the comparison would show nothing.
    expect(new Set(Object.values(codes(said)).flat())).toEqual(
      new Set(['EXTRA_SAMPLES_DROPPED', 'SAMPLES_SCALED']),
    );
  });

  it('leaves open what depends on the values', async () => {
    const claimed = { photometric: 1, samplesPerPixel: 1, bitsPerSample: 16, entries: [claims12] };
    const path = await folder.write('claimed.tif', tiffOf(claimed));
    const header = await readTiffHeader(path);
    expect(header && notesFromHeader({ header, numbers: [1] }, 'first', commandNames)).toEqual([]);
  });
});
