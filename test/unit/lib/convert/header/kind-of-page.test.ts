import { describe, expect, it } from 'vitest';
import { kindOfPage } from '../../../../../src/lib/convert/header/kind-of-page.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { makeTiff, type TiffPage } from '../../../../support/tiff-writer.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const rgb: TiffPage = {
  width: 4,
  height: 4,
  samplesPerPixel: 3,
  photometric: 2,
  data: new Uint8Array(256),
};

describe('the kind of a page, in few words', () => {
  it.each([
    ['RGB 8-bit uncompressed', {}],
    ['RGB 16-bit uncompressed', { bitsPerSample: 16 }],
    ['RGB 8-bit LZW', { compression: 5 }],
    ['RGB with alpha 8-bit uncompressed', { samplesPerPixel: 4, extraSamples: [2] }],
    ['RGB 8-bit uncompressed', { samplesPerPixel: 4, extraSamples: [0] }],
    ['grey 8-bit Deflate', { samplesPerPixel: 1, photometric: 1, compression: 8 }],
    [
      'grey 32-bit float uncompressed',
      { samplesPerPixel: 1, photometric: 1, bitsPerSample: 32, sampleFormat: 3 },
    ],
    ['bilevel CCITT G4', { samplesPerPixel: 1, photometric: 0, bitsPerSample: 1, compression: 4 }],
    ['CMYK 8-bit uncompressed', { samplesPerPixel: 4, photometric: 5 }],
  ] satisfies [string, Partial<TiffPage>][])('is told: %s', async (words, changes) => {
    const path = await folder.write('a.tif', makeTiff({ ...rgb, ...changes }));
    const header = await readTiffHeader(path);
    expect(header && kindOfPage(header.pages[0])).toBe(words);
  });
});
