import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useForgiveness } from '../../../support/forgiven.ts';
import { inAllLayouts, type NamedPage, scene } from '../../../support/odd-tiffs.ts';
import { largestDifference } from '../../../support/pixels.ts';
import { makeTiff, makeTiffAs, segmentsOf, type TiffPage } from '../../../support/tiff-writer.ts';

const { convert } = useForgiveness();

describe('samples that ExtraSamples does not list', () => {
  const mixed = (colours: number, extra: number): Buffer => {
    const pixels = scene();
    const step = colours + extra;
    return Buffer.from(
      Array.from({ length: 96 * 64 * step }, (_, i) => {
        const [pixel, sample] = [Math.floor(i / step), i % step];
        return sample < colours ? (pixels[pixel * 3 + (sample % 3)] ?? 0) : (pixel * 11) % 256;
      }),
    );
  };
  /** Cuts and compressions without loss. */
  const cuts = (page: TiffPage): NamedPage[] => {
    const tile = { width: 32, height: 16 };
    const deflated = (one: TiffPage): TiffPage => ({
      ...one,
      compression: 8,
      segments: segmentsOf(one).map((data) => deflateSync(data)),
    });
    const wide = { ...page, bitsPerSample: 16, data: Buffer.from([...page.data, ...page.data]) };
    return [
      ['a strip', page],
      ['strips', { ...page, rowsPerStrip: 10 }],
      ['tiles', { ...page, tile }],
      ['Deflate', deflated(page)],
      ['Deflate in strips', deflated({ ...page, rowsPerStrip: 7 })],
      ['Deflate in tiles', deflated({ ...page, tile })],
      ['planes', { ...page, planar: true }],
      ['planes of strips', { ...page, planar: true, rowsPerStrip: 9 }],
      ['planes of tiles', { ...page, planar: true, tile }],
      ['16 bits', wide],
      ['16 bits in tiles', { ...wide, tile }],
      ['16 bits in Deflate', deflated({ ...wide, rowsPerStrip: 20 })],
    ];
  };

  it.each<[string, number, number]>([
    ['grey', 1, 1],
    ['RGB', 2, 3],
    ['CMYK', 5, 4],
  ])('are dropped, as those of type 0: %s and one more', async (_, photometric, colours) => {
    const page: TiffPage = {
      width: 96,
      height: 64,
      samplesPerPixel: colours + 1,
      photometric,
      data: mixed(colours, 1),
    };
    for (const [name, one, layout] of inAllLayouts(cuts(page), colours)) {
      const { picture } = await convert(makeTiffAs(layout, { ...one, extraSamples: [0] }));
      const odd = await convert(makeTiffAs(layout, one));
      expect(largestDifference(odd.picture, picture), name).toBe(0);
      expect(odd.notes.map(({ code }) => code).sort(), name).toEqual([
        'EXTRA_SAMPLES_DROPPED',
        'WARNINGS_FORGIVEN',
      ]);
    }
  });

  it('are dropped also if TIFF does not define their type', async () => {
    const page = { width: 96, height: 64, samplesPerPixel: 4, photometric: 2, data: mixed(3, 1) };
    const { picture } = await convert(makeTiff({ ...page, extraSamples: [0] }));
    const odd = await convert(makeTiff({ ...page, extraSamples: [3] }));
    expect(largestDifference(odd.picture, picture)).toBe(0);
    expect(odd.notes.map(({ code }) => code)).toEqual([
      'EXTRA_SAMPLES_DROPPED',
      'WARNINGS_FORGIVEN',
    ]);
  });
});
