import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  directory,
  pictureWith,
  short,
  text,
  xmpEntry,
  xmpPacket,
} from '../../../../../support/described-tiff.ts';
import { exiftoolBytes } from '../../../../../support/exiftool.ts';
import { useJpegs } from '../../../../../support/jpegs.ts';
import { decodeJpeg, largestDifference, pixelAt } from '../../../../../support/pixels.ts';
import { makeTiffAs, type TiffPage } from '../../../../../support/tiff-writer.ts';

const { make } = useJpegs();

/** A profile of a kind that libvips brings along, or that a picture can be given by it. */
async function profile(name: 'srgb' | 'p3' | 'cmyk'): Promise<Buffer> {
  const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } });
  const tiff = await (name === 'cmyk' ? picture.toColourspace('cmyk') : picture)
    .withIccProfile(name)
    .tiff()
    .toBuffer();
  return (await sharp(tiff).metadata()).icc ?? Buffer.alloc(0);
}

/** A profile of another colour space or class, which nobody could use for colours. */
function relabelled(icc: Buffer, at: number, signature: string): Buffer {
  const copy = Buffer.from(icc);
  copy.write(signature, at, 'latin1');
  return copy;
}

/** With as much more in it, as profiles of scanners have. */
function enlarged(icc: Buffer, bytes: number): Buffer {
  const large = Buffer.concat([icc, Buffer.alloc(bytes - icc.length, 7)]);
  large.writeUInt32BE(bytes);
  return large;
}

const [red, side] = [[200, 30, 30], 16];
const rgb: TiffPage = {
  width: side,
  height: side,
  samplesPerPixel: 3,
  photometric: 2,
  data: Uint8Array.from({ length: side * side * 3 }, (_, i) => red[i % 3] ?? 0),
};
const grey: TiffPage = {
  ...rgb,
  samplesPerPixel: 1,
  photometric: 1,
  data: new Uint8Array(side * side).fill(100),
};
const cmyk: TiffPage = {
  ...rgb,
  samplesPerPixel: 4,
  photometric: 5,
  data: new Uint8Array(side * side * 4).fill(80),
};
const wide: TiffPage = {
  ...rgb,
  bitsPerSample: 16,
  data: Uint8Array.from({ length: side * side * 6 }, (_, i) =>
    i % 2 ? (red[((i - 1) / 2) % 3] ?? 0) : 0,
  ),
};

/** The samples of a pixel as the JPEG has them, whatever its profile says of them. */
async function sample(path: string): Promise<number[]> {
  sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });
  const { space } = await sharp(path).metadata();
  const picture = sharp(path, { ignoreIcc: true });
  const { data, info } = await (space === 'b-w' ? picture.toColourspace('b-w') : picture)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return pixelAt({ ...info, data }, 5, 5);
}

const near = (levels: readonly number[]) => levels.map((level) => expect.closeTo(level, -0.5));

describe('JPEG_PROFILE=srgb', () => {
  it('converts the colours and embeds no profile', async () => {
    const tiff = makeTiffAs({}, { ...rgb, icc: await profile('p3') });
    const { path, found, notes } = await make(tiff);
    expect(Object.keys(found).join()).not.toContain('ICC');
    expect((await sample(path))[0]).toBeGreaterThan(210);
    expect(notes).toEqual([]);
  });

  it('is told by EXIF and XMP, where those told of the TIFF’s colours', async () => {
    const page = pictureWith(
      directory(34_665, short(40_961, 65_535), directory(40_965, text(1, 'R03'))),
      xmpEntry(xmpPacket('exif:ColorSpace="65535" photoshop:ICCProfile="Display P3"')),
    );
    const tiff = makeTiffAs({}, { ...page, icc: await profile('p3') });
    const converted = await make(tiff, { metadata: 'all' });
    expect(converted.found).toMatchObject({
      'ExifIFD:ColorSpace': 'sRGB',
      'XMP-exif:ColorSpace': 'sRGB',
      'XMP-photoshop:ICCProfileName': 'sRGB IEC61966-2.1',
    });
    expect(converted.found).not.toHaveProperty('InteropIFD:InteropIndex');
    const kept = await make(tiff, { metadata: 'all', profile: 'keep' });
    expect(kept.found).toMatchObject({
      'ExifIFD:ColorSpace': 'Uncalibrated',
      'XMP-photoshop:ICCProfileName': 'Display P3',
      'InteropIFD:InteropIndex': expect.stringContaining('R03'),
    });
  });
});

describe('JPEG_PROFILE=keep', () => {
  it.each([
    ['RGB', rgb, red],
    ['RGB of 16 bits', wide, red],
  ] as const)('leaves colours and profile as they are: %s', async (_, page, levels) => {
    const icc = await profile('p3');
    const { path, notes } = await make(makeTiffAs({}, { ...page, icc }), { profile: 'keep' });
    expect(await sample(path)).toEqual(near(levels));
    expect((await exiftoolBytes(path, 'icc_profile')).equals(icc)).toBe(true);
    expect(notes).toEqual([]);
  });

  it('leaves greyscale and its profile as they are', async () => {
    const icc = relabelled(await profile('srgb'), 16, 'GRAY');
    const { path, notes } = await make(makeTiffAs({}, { ...grey, icc }), { profile: 'keep' });
    expect(await sample(path)).toEqual(near([100]));
    expect((await exiftoolBytes(path, 'icc_profile')).equals(icc)).toBe(true);
    expect(notes).toEqual([]);
  });

  it.each(['none', 'memory', 'disk', 'tag'] as const)(
    'does so however the picture gets upright: %s',
    async (turn) => {
      const icc = await profile('p3');
      const tiff = makeTiffAs({}, { ...rgb, icc, orientation: turn === 'none' ? 1 : 6 });
      const { path, found } = await make(tiff, { profile: 'keep', turn });
      expect(await sample(path)).toEqual(near(red));
      expect((await exiftoolBytes(path, 'icc_profile')).equals(icc)).toBe(true);
      expect(found['IFD0:Orientation']).toBe(turn === 'tag' ? 'Rotate 90 CW' : undefined);
    },
  );

  it.each([65_519, 65_520, 200_000])(
    'cuts a large profile into segments: %i bytes',
    async (size) => {
      const icc = enlarged(await profile('p3'), size);
      const { path, found } = await make(makeTiffAs({}, { ...rgb, icc }), { profile: 'keep' });
      expect((await exiftoolBytes(path, 'icc_profile')).equals(icc)).toBe(true);
      expect(found['ExifTool:Warning']).toBeUndefined();
      sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });
      expect((await sharp(path).metadata()).icc?.equals(icc)).toBe(true);
    },
  );

  it('embeds none where the TIFF has none, and changes nothing', async () => {
    const tiff = makeTiffAs({}, rgb);
    const { bytes, notes } = await make(tiff, { profile: 'keep' });
    expect(bytes.equals((await make(tiff)).bytes)).toBe(true);
    expect(notes).toEqual([]);
  });

  it('converts what a JPEG cannot hold as if it were not set, and says so: CMYK', async () => {
    const tiff = makeTiffAs({}, { ...cmyk, icc: await profile('cmyk') });
    const { bytes, notes } = await make(tiff, { profile: 'keep' });
    expect(bytes.equals((await make(tiff)).bytes)).toBe(true);
    expect(notes).toEqual([
      { code: 'PROFILE_CONVERTED', message: expect.stringContaining('is CMYK') },
    ]);
  });

  it('converts greyscale that is laid on a colour, and says so', async () => {
    const data = Uint8Array.from({ length: side * side * 2 }, (_, i) => (i % 2 ? 128 : 100));
    const icc = relabelled(await profile('srgb'), 16, 'GRAY');
    const page = { ...grey, samplesPerPixel: 2, extraSamples: [2], data, icc };
    const { notes } = await make(makeTiffAs({}, page), { profile: 'keep', background: '#336699' });
    expect(notes).toContainEqual({ code: 'PROFILE_CONVERTED', message: expect.any(String) });
  });

  it.each<[string, TiffPage, (icc: Buffer) => Buffer]>([
    ['is of another colour space', rgb, (icc) => relabelled(icc, 16, 'CMYK')],
    ['is of another colour space', grey, (icc) => icc],
    ['is damaged', rgb, (icc) => icc.subarray(0, 100)],
    ['is damaged', rgb, (icc) => icc.subarray(0, -50)],
    ['is damaged', rgb, (icc) => relabelled(icc, 36, 'none')],
    ['is damaged', rgb, (icc) => relabelled(icc, 136, '\xff\xff\xff\xff')],
    ['describes no picture', rgb, (icc) => relabelled(icc, 12, 'link')],
  ])('leaves out a profile that %s, and says so', async (why, page, change) => {
    const tiff = makeTiffAs({}, { ...page, icc: change(await profile('p3')) });
    const kept = await make(tiff, { profile: 'keep' });
    const plain = await make(tiff);
    expect(kept.bytes.equals(plain.bytes)).toBe(true);
    expect(kept.notes).toContainEqual({
      code: 'METADATA_DROPPED',
      message: expect.stringContaining(why),
    });
    expect(largestDifference(await decodeJpeg(kept.path), await decodeJpeg(plain.path))).toBe(0);
  });
});
