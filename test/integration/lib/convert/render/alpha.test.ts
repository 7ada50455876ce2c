import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { decodeJpeg, pixelAt } from '../../../../support/pixels.ts';
import { writeTiff } from '../../../../support/tiff-writer.ts';

const ASSOCIATED = 1;
const UNASSOCIATED = 2;
const UNSPECIFIED = 0;
const [BLACK_IS_ZERO, RGB] = [1, 2];

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** A picture of one colour, so that the encoder cannot blur what is looked at. */
async function flat(
  samples: readonly number[],
  photometric: number,
  extraSamples?: readonly number[],
) {
  const [width, height] = [32, 32];
  const data = Buffer.alloc(width * height * samples.length);
  for (let i = 0; i < data.length; i++) data[i] = samples[i % samples.length] ?? 0;
  return writeTiff(folder.path('flat.tif'), {
    width,
    height,
    data,
    photometric,
    samplesPerPixel: samples.length,
    ...(extraSamples ? { extraSamples } : {}),
  });
}

async function shown(tiff: string, background = 'white') {
  const conversion = await convertInPlace(tiff, folder.path('flat.jpg'), { background });
  return { ...conversion, pixel: pixelAt(await decodeJpeg(folder.path('flat.jpg')), 16, 16) };
}

/** JPEG rounds twice on its way; more than this is a wrong colour. */
const near = (expected: readonly number[]) =>
  expected.map((level) => expect.closeTo(level, -0.5 /* within 1.6 */));

describe('transparency', () => {
  it('that is full shows the background: white unless told otherwise', async () => {
    const tiff = await flat([10, 20, 30, 0], RGB, [UNASSOCIATED]);
    expect((await shown(tiff)).pixel).toEqual(near([255, 255, 255]));
    expect((await shown(tiff, '#336699')).pixel).toEqual(near([0x33, 0x66, 0x99]));
  });

  it('that is unassociated mixes colour and background by alpha', async () => {
    const tiff = await flat([200, 100, 0, 128], RGB, [UNASSOCIATED]);
    const mixed = [200, 100, 0].map((c) => (c * 128 + 255 * 127) / 255);
    expect((await shown(tiff)).pixel).toEqual(near(mixed));
  });

  it('that is associated is multiplied once, not twice', async () => {
    const tiff = await flat([100, 50, 0, 128], RGB, [ASSOCIATED]);
    const mixed = [100, 50, 0].map((c) => c + (255 * 127) / 255);
    expect((await shown(tiff)).pixel).toEqual(near(mixed));
  });

  it.each([ASSOCIATED, UNASSOCIATED])(
    'of greyscale (type %i) stays one channel on white',
    async (type) => {
      const tiff = await flat([60, 128], BLACK_IS_ZERO, [type]);
      const colour = type === ASSOCIATED ? 60 : (60 * 128) / 255;
      const { channels, pixel } = await shown(tiff);
      expect(channels).toBe(1);
      expect(pixel).toEqual(near([colour + 127]));
    },
  );

  it('of greyscale on a coloured background gives colours', async () => {
    const tiff = await flat([60, 0], BLACK_IS_ZERO, [UNASSOCIATED]);
    const { channels, pixel } = await shown(tiff, '#ff0000');
    expect(channels).toBe(3);
    expect(pixel).toEqual(near([254, 0, 0]));
  });

  it('is found behind other extra samples', async () => {
    const tiff = await flat([200, 100, 0, 77, 0], RGB, [UNSPECIFIED, UNASSOCIATED]);
    expect((await shown(tiff)).pixel).toEqual(near([255, 255, 255]));
  });
});

describe('extra samples that are no transparency', () => {
  it('are dropped, and a note says so', async () => {
    const tiff = await flat([200, 100, 50, 0], RGB, [UNSPECIFIED]);
    const { pixel, notes } = await shown(tiff);
    expect(pixel).toEqual(near([200, 100, 50]));
    expect(notes.map(({ code }) => code)).toEqual(['EXTRA_SAMPLES_DROPPED']);
  });

  it('are dropped beside grey, too', async () => {
    const { channels, pixel } = await shown(await flat([90, 0], BLACK_IS_ZERO, [UNSPECIFIED]));
    expect(channels).toBe(1);
    expect(pixel).toEqual(near([90]));
  });
});
