import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  defaultEncoderSettings,
  type EncoderSettings,
  efforts,
} from '../../../../../src/lib/convert/encoder-settings.ts';
import { openPage, pageRequestFor } from '../../../../../src/lib/convert/open-page.ts';
import type { Turn } from '../../../../../src/lib/convert/plan/memory-model.ts';
import { useConverters } from '../../../../support/converters.ts';
import { exiftool } from '../../../../support/exiftool.ts';
import { makeOldJpeg, type RgbPicture } from '../../../../support/make-ojpeg.ts';
import { raw } from '../../../../support/pictures.ts';
import { type Picture, psnr } from '../../../../support/pixels.ts';

const { folder, withConverter, convert } = useConverters();
const [width, height] = [200, 144];
const grey = { width: 8, height: 8, samplesPerPixel: 1, photometric: 1, data: new Uint8Array(64) };
let source: RgbPicture & Picture;
/** As it is to be seen with orientation 6. */
let turned: Picture;
let profile: Buffer;
let lying: string;
beforeAll(async () => {
  const data = await raw(width, height, 3).blur(2).raw().toBuffer();
  source = { width, height, channels: 3, data };
  const pixels = sharp(data, { raw: { width, height, channels: 3 } });
  turned = {
    width: height,
    height: width,
    channels: 3,
    data: await pixels.clone().rotate(90).raw().toBuffer(),
  };
  const { icc = Buffer.alloc(0) } = await sharp(
    await pixels.clone().withIccProfile('p3').png().toBuffer(),
  ).metadata();
  profile = icc;
  const artist = { tag: 315, type: 2, values: [...Buffer.from('Ada\0')] };
  const resolution = [282, 283].map((tag) => ({ tag, type: 5, values: [300] }));
  const page = { orientation: 6, icc: profile, entries: [artist, ...resolution] };
  lying = await folder.write(
    'lying.tif',
    await makeOldJpeg(source, { kind: 'tables', rowsPerStrip: 48, page, before: grey }),
  );
});

/** The JPEG's samples as they are, whatever its profile says of them. */
const made = async (): Promise<Picture> => {
  const jpeg = sharp(folder.path('out.jpg'), { ignoreIcc: true });
  const { data, info } = await jpeg.raw().toBuffer({ resolveWithObject: true });
  return { ...info, data };
};
const whole = { profile: 'keep', metadata: 'all', page: 2, chromaSubsampling: '4:4:4' } as const;

describe('a page that ImageMagick reads becomes a JPEG', () => {
  it.each(efforts)('upright, the second of its file, with profile and metadata: %s', (effort) =>
    withConverter(async (converter) => {
      const { plan, notes } = await convert(lying, converter, { ...whole, effort });
      expect(plan).toMatchObject({ effort, turn: 'memory', reading: { reader: 'magick' } });
      expect(notes).toEqual([]);
      expect(psnr(await made(), turned)).toBeGreaterThan(33);
      const tags = await exiftool(folder.path('out.jpg'));
      expect(tags).toMatchObject({ 'IFD0:Artist': 'Ada', 'IFD0:XResolution': 300 });
      expect((await sharp(folder.path('out.jpg')).metadata()).icc).toEqual(profile);
    }),
  );

  it('in sRGB, where the profile is not kept', () =>
    withConverter(async (converter) => {
      await convert(lying, converter, { ...whole, profile: 'srgb' });
      // The same numbers are other colours in Display P3.
      expect(psnr(await made(), turned)).toBeLessThan(30);
      expect((await sharp(folder.path('out.jpg')).metadata()).icc).toBeUndefined();
    }));

  it.each<Turn>(['disk', 'tag', 'memory'])('turned by way of %s', (turn) =>
    withConverter(async (converter) => {
      const settings: EncoderSettings = { ...defaultEncoderSettings, ...whole };
      const output = folder.path('out.jpg');
      const request = pageRequestFor(await openPage(lying, { page: 2 }), settings, { output });
      await converter.convert({ kind: 'jpeg', ...request, effort: 'balanced', turn });
      const { 'IFD0:Orientation': orientation } = await exiftool(folder.path('out.jpg'));
      expect(orientation).toBe(turn === 'tag' ? 'Rotate 90 CW' : undefined);
      expect(psnr(await made(), turn === 'tag' ? source : turned)).toBeGreaterThan(33);
    }),
  );
});
