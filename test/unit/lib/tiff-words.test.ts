import { describe, expect, it } from 'vitest';
import {
  orientationName,
  type PictureFacts,
  pictureFacts,
  pictureText,
} from '../../../src/lib/tiff-words.ts';

const picture: PictureFacts = {
  role: 'page',
  page: 1,
  width: 1_200,
  height: 1_000,
  samplesPerPixel: 1,
  bitsPerSample: [1],
  sampleFormat: 'unsigned',
  photometric: 'grey, white is zero',
  extraSamples: [],
  planar: false,
  compression: 'none',
  orientation: 1,
};
const facts = (changes: Partial<PictureFacts>) =>
  Object.fromEntries(pictureFacts({ ...picture, ...changes }));

describe('what a picture of a TIFF is', () => {
  it.each([
    [1, 'upright'],
    [2, 'mirrored left to right'],
    [3, 'upside down'],
    [4, 'mirrored top to bottom'],
    [5, 'mirrored along the falling diagonal'],
    [6, 'to be turned 90° clockwise'],
    [7, 'mirrored along the rising diagonal'],
    [8, 'to be turned 90° counterclockwise'],
  ])('Orientation %i is %s', (number, name) => {
    expect(orientationName(number)).toBe(name);
  });

  it('omits the usual', () => {
    expect(facts({})).toEqual({
      Size: '1200 × 1000 pixels, 1.2 MP',
      Samples: '1 × 1 bit, unsigned, grey, white is zero',
      Compression: 'none',
    });
  });

  it('names its kinds of samples, pieces and profile, with their sizes', () => {
    const segments = { kind: 'strips', count: 1, width: 1_200, height: 1_000, bytes: 9 };
    expect(
      facts({
        samplesPerPixel: 4,
        bitsPerSample: [8, 8, 8, 16],
        photometric: undefined,
        chromaSubsampling: [2, 2],
        extraSamples: ['unspecified'],
        planar: true,
        segments,
        profile: { description: 'Wide', colourSpace: 'RGB', bytes: 7 },
      }),
    ).toMatchObject({
      Samples:
        '4 × 8, 8, 8, 16 bits, unsigned, colours not told, chroma 2 × 2, with unspecified sample, in planes',
      Compression: 'none, 1 strip of 1200 × 1000 pixels, 9 B',
      Profile: '"Wide", RGB, 7 B',
    });
  });

  it.each([
    [{ x: 300, y: 300, unit: 'inch' }, ', 300 dpi'],
    [{ x: 300, y: 150.456, unit: 'centimetre' }, ', 300 × 150.46 per centimetre'],
    [{ x: 4, y: 3, unit: 'none' }, ''],
  ])('has its resolution if that has a unit: %j', (resolution, text) => {
    expect(facts({ resolution })['Size']).toBe(`1200 × 1000 pixels, 1.2 MP${text}`);
  });

  it('is one line for a SubIFD', () => {
    expect(pictureText({ ...picture, role: 'reduced', page: undefined })).toBe(
      'smaller version, 1200 × 1000 pixels, 1.2 MP, 1 × 1 bit, unsigned, grey, white is zero, uncompressed',
    );
  });
});
