import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { type Converter, openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { inspectionOf } from '../../../support/inspections.ts';
import { type FaxCoding, faxPage, faxRows } from '../../../support/make-fax.ts';
import { baselineJpeg } from '../../../support/make-ojpeg.ts';
import { sideBySideJpegPage } from '../../../support/make-rgba-jpeg.ts';
import { oldLzw } from '../../../support/old-lzw.ts';
import { type SampledPicture, sampledPage } from '../../../support/packed-samples.ts';
import { tiffLayouts } from '../../../support/tiff-headers.ts';
import { makeTiff, makeTiffAs, type TiffPage } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
let converter: Converter;
beforeAll(() => {
  converter = openConverter(folder.root);
});
afterAll(() => converter.close());

const [width, height] = [200, 120];
const SHORT = 3;
/** Of 256 colours that are none of grey. */
const colourMap = [1, 3, 7].flatMap((step) =>
  Array.from({ length: 256 }, (_, i) => ((i * step) % 256) * 257),
);

/** The JPEG of a TIFF, and what is told of it. */
async function jpegOf(tiff: Buffer) {
  const input = await folder.write('odd.tif', tiff);
  const output = folder.path('odd.jpg');
  const { notes, plan } = await convertInPlace(input, output, { converter, effort: 'fast' });
  return { bytes: await readFile(output), notes, plan };
}

function reversedBits(byte: number): number {
  return Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2);
}

function samplesOf(channels: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return Math.round(120 + 100 * Math.sin((x * (1 + (i % channels))) / 17 + y / 11));
  });
}

const page = (channels: number, photometric: number): TiffPage => ({
  width,
  height,
  samplesPerPixel: channels,
  photometric,
  data: samplesOf(channels),
});

describe('LZW of the kind from before TIFF 5.0', () => {
  const grey: SampledPicture = {
    width,
    height,
    samples: 1,
    bits: 8,
    value: (x, y, sample) => Math.round(120 + 100 * Math.sin((x * (1 + sample)) / 17 + y / 11)),
  };
  const rgb = { ...grey, samples: 3 };
  const deep = (picture: SampledPicture): SampledPicture => ({
    ...picture,
    bits: 16,
    value: (x, y, sample) => picture.value(x, y, sample) * 257 + ((x * 3 + y) & 63),
  });
  const palette = {
    ...grey,
    photometric: 3,
    entries: [{ tag: 320, type: SHORT, values: colourMap }],
  };
  const bilevel = { ...grey, bits: 1, value: (x: number, y: number) => ((x >> 3) + (y >> 2)) & 1 };
  const tile = { width: 48, height: 32 };
  const strips = { rowsPerStrip: 7 };
  const compressed = (picture: SampledPicture): TiffPage => {
    const page = sampledPage(picture);
    return { ...page, compression: 5, segments: page.segments?.map(oldLzw) ?? [] };
  };
  const kinds: [string, SampledPicture][] = [
    ['grey', grey],
    ['grey, white is zero, in strips', { ...grey, photometric: 0, ...strips }],
    ['grey in tiles', { ...grey, tile }],
    ['bilevel', bilevel],
    ['bilevel in tiles, white is zero', { ...bilevel, photometric: 0, tile }],
    ['4 bits', { ...grey, bits: 4, value: (x, y) => (x + y) & 15 }],
    ['a palette', palette],
    ['RGB', rgb],
    ['RGB in strips', { ...rgb, ...strips }],
    ['RGB in tiles', { ...rgb, tile }],
    ['RGB in planes', { ...rgb, planar: true, ...strips }],
    ['RGB in planes, in tiles', { ...rgb, planar: true, tile }],
    ['RGB of differences', { ...rgb, predictor: 2 }],
    ['RGB of differences, in tiles', { ...rgb, predictor: 2, tile }],
    ['16 bits', deep(grey)],
    ['RGB of 16 bits in strips', { ...deep(rgb), ...strips }],
    ['RGB of 16 bits, of differences, in tiles', { ...deep(rgb), predictor: 2, tile }],
    ['CMYK in strips', { ...grey, samples: 4, photometric: 5, ...strips }],
  ];
  it.each(kinds)('gives the JPEG of the uncompressed one: %s', async (_, picture) => {
    for (const [name, layout] of tiffLayouts) {
      const stored = { ...picture, bigEndian: layout.bigEndian ?? false };
      const tiff = makeTiffAs(layout, compressed(stored));
      const plain = makeTiffAs(layout, sampledPage({ ...stored, predictor: 1 }));
      const made = await jpegOf(tiff);
      expect(made.plan.reading.reader, name).toBe('samples');
      expect(made.bytes.equals((await jpegOf(plain)).bytes), name).toBe(true);
      expect(made.notes, name).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
    }
    const { directories } = await inspectionOf(makeTiff(compressed(picture)));
    expect(directories[0]?.reader).toBe('samples');
  });

  it('is read where the lowest bit of its bytes comes first, and is turned', async () => {
    const { segments = [], ...page } = compressed({ ...rgb, ...strips });
    const reversed = segments.map((strip) => strip.map(reversedBits));
    const entries = [{ tag: 266, type: SHORT, values: [2] }];
    const made = await jpegOf(makeTiff({ ...page, segments: reversed, entries, orientation: 6 }));
    const plain = await jpegOf(makeTiff({ ...sampledPage(rgb), orientation: 6 }));
    expect(made.bytes.equals(plain.bytes)).toBe(true);
  });

  it.each([
    ['in one strip', {}],
    ['in strips', strips],
    ['in tiles', { tile }],
  ])('is refused where data are missing: %s', async (_, cut) => {
    const whole = compressed({ ...rgb, ...cut });
    const segments = whole.segments?.map((strip) => strip.subarray(0, -40)) ?? [];
    await expect(jpegOf(makeTiff({ ...whole, segments }))).rejects.toMatchObject({
      code: 'UNREADABLE_TIFF',
      message: expect.stringContaining('could be decoded'),
    });
  });
});

describe('an odd fax', () => {
  const rows = faxRows(width, 300);
  const fax = (coding: FaxCoding) => makeTiff(faxPage(rows, coding));
  it.each<[string, FaxCoding]>([
    ['one strip', { coding: 'group 3', endsOfLine: false }],
    ['strips', { coding: 'group 3', endsOfLine: false, rowsPerStrip: 50 }],
    ['tiles', { coding: 'group 3', endsOfLine: false, tile: 64 }],
    ['turned', { coding: 'group 3', endsOfLine: false, page: { orientation: 8 } }],
    ['black is zero', { coding: 'group 3', endsOfLine: false, page: { photometric: 1 } }],
  ])('without end-of-line codes gives the JPEG of a sound one: %s', async (_, coding) => {
    const odd = await jpegOf(fax(coding));
    const sound = await jpegOf(fax({ ...coding, endsOfLine: true }));
    expect(odd.bytes.equals(sound.bytes)).toBe(true);
    expect(odd.notes).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
    expect(sound.notes).toEqual([]);
  });

  it.each<[string, FaxCoding]>([
    ['Group 4', { coding: 'group 4', missing: 3 }],
    ['Group 4 in strips', { coding: 'group 4', rowsPerStrip: 100, missing: 1 }],
    ['Group 3', { coding: 'group 3', missing: 2 }],
    ['Group 3 of two dimensions', { coding: 'group 3 2D', missing: 2 }],
  ])('that lacks rows has white ones in their place: %s', async (_, coding) => {
    const odd = await jpegOf(fax(coding));
    expect(odd.notes).toMatchObject([{ code: 'FAX_ROWS_MISSING' }]);
    const { data, info } = await sharp(odd.bytes)
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width, height: 300, channels: 1 });
    expect(data.subarray(-width).every((level) => level > 200)).toBe(true);
  });

  it('of pixels that are not square stays as it is, and a warning says so', async () => {
    const entries = [
      { tag: 282, type: 5, values: [204] },
      { tag: 283, type: 5, values: [98] },
    ];
    const { notes, bytes } = await jpegOf(fax({ coding: 'group 3', page: { entries } }));
    expect(notes).toMatchObject([
      { code: 'PIXELS_NOT_SQUARE', message: expect.stringContaining('(204 × 98 dpi)') },
    ]);
    expect(await sharp(bytes).metadata()).toMatchObject({ width, height: 300 });
    // JFIF: dots per inch, across and down.
    expect([...bytes.subarray(13, 18)]).toEqual([1, 0, 204, 0, 98]);
  });

  it.each<[string, FaxCoding]>([
    ['Group 4', { coding: 'group 4', endCode: false }],
    ['Group 3', { coding: 'group 3', endCode: false }],
    ['Group 3 without end-of-line codes', { coding: 'group 3', endsOfLine: false }],
    ['run lengths', { coding: 'rle' }],
  ])('whose data end within its last rows lacks these: %s', async (_, coding) => {
    const { segments: [strip = Buffer.alloc(0)] = [], ...page } = faxPage(rows, coding);
    const short = { ...page, segments: [strip.subarray(0, -6), Buffer.from('the file goes on')] };
    const lists = [{ tag: 279, type: 4, values: [strip.length - 6] }, ...(page.entries ?? [])];
    const { notes, bytes } = await jpegOf(makeTiff({ ...short, entries: lists }));
    expect(notes.map(({ code }) => code)).toContain('FAX_ROWS_MISSING');
    const sound = await sharp((await jpegOf(fax(coding))).bytes)
      .extractChannel(0)
      .raw()
      .toBuffer();
    const levels = await sharp(bytes).extractChannel(0).raw().toBuffer();
    const kept = width * 288;
    expect(levels.subarray(0, kept).equals(sound.subarray(0, kept))).toBe(true);
    await expect(jpegOf(makeTiff({ ...page, segments: [strip.subarray(0, -6)] }))).rejects.toThrow(
      /row .* is damaged, or missing/,
    );
  });

  it.each<[string, FaxCoding]>([
    ['its first row has no end-of-line code', { coding: 'group 3', bareStart: true }],
    ['its last row is damaged', { coding: 'group 3', spoiled: [299] }],
  ])('that has all of its rows is shown as libtiff shows it: %s', async (_, coding) => {
    const { notes, bytes } = await jpegOf(fax(coding));
    expect(notes.map(({ code }) => code)).toEqual(['FAX_LINES_DAMAGED']);
    const black = (levels: Buffer) => Buffer.from(levels.map((level) => (level < 128 ? 1 : 0)));
    const shown = await sharp(bytes).extractChannel(0).raw().toBuffer();
    const theirs = sharp(folder.path('odd.tif'), { failOn: 'none' });
    const expected = await theirs.extractChannel(0).raw().toBuffer();
    // But the last one, which libtiff may not have: what it leaves there is chance.
    const kept = width * 299;
    expect(black(shown.subarray(0, kept)).equals(black(expected.subarray(0, kept)))).toBe(true);
  });

  it('that lacks too many is refused, in our words and the decoder’s', async () => {
    await expect(jpegOf(fax({ coding: 'group 4', missing: 4 }))).rejects.toMatchObject({
      code: 'UNREADABLE_TIFF',
      message: expect.stringMatching(
        /is damaged: strip 1 of 1 .*4 of the 300 rows of the fax are missing, more than 1 %.*the decoder, sharp, says: /,
      ),
    });
  });
});

describe('a TIFF that does not say what colours its samples are', () => {
  const without = (told: TiffPage): TiffPage => ({ ...told, without: [262] });
  const rows = faxRows(width, 100);
  const deep = { ...page(1, 1), bitsPerSample: 16, data: samplesOf(2) };
  const jpeg = async (subsampling: '4:2:0' | '4:4:4') => ({
    ...page(3, 6),
    compression: 7,
    segments: [await baselineJpeg({ width, height, data: samplesOf(3) }, 90, subsampling)],
    entries: [
      { tag: 530, type: SHORT, values: subsampling === '4:2:0' ? [2, 2] : [1, 1] },
      { tag: 532, type: 5, values: [0, 255, 128, 255, 128, 255] },
    ],
  });
  const kinds: [string, () => Promise<TiffPage> | TiffPage][] = [
    ['Group 4', () => faxPage(rows, { coding: 'group 4' })],
    ['Group 3', () => faxPage(rows, { coding: 'group 3' })],
    ['run lengths', () => faxPage(rows, { coding: 'rle' })],
    ['grey', () => page(1, 1)],
    ['grey of 16 bits', () => deep],
    ['bilevel', () => ({ ...page(1, 1), bitsPerSample: 1, data: samplesOf(1) })],
    ['RGB', () => page(3, 2)],
    ['RGB in strips', () => ({ ...page(3, 2), rowsPerStrip: 16 })],
    ['RGB in planes', () => ({ ...page(3, 2), planar: true })],
    [
      'a palette',
      () => ({ ...page(1, 3), entries: [{ tag: 320, type: SHORT, values: colourMap }] }),
    ],
    ['grey as JPEG', () => sideBySideJpegPage({ ...page(1, 1), channels: 1 }, 1, { tile: 64 })],
    ['YCbCr as JPEG', () => jpeg('4:2:0')],
    ['YCbCr as JPEG without subsampling', () => jpeg('4:4:4')],
  ];
  it.each(kinds)('gives the JPEG of one that does, and a warning: %s', async (_, make) => {
    const told = await make();
    for (const layout of [{}, { bigEndian: true }, { big: true }]) {
      const tiff = makeTiffAs(layout, without(told));
      const made = await jpegOf(tiff);
      expect(made.bytes.equals((await jpegOf(makeTiffAs(layout, told))).bytes)).toBe(true);
      expect(made.notes).toMatchObject([{ code: 'COLOURS_ASSUMED' }]);
      const { problems, error, directories } = await inspectionOf(tiff);
      expect(error).toBeUndefined();
      expect(directories[0]?.photometric).toBeUndefined();
      expect(problems.map(({ code }) => code)).toContain('NO_PHOTOMETRIC');
    }
  });

  it.each<[string, () => Promise<TiffPage> | TiffPage]>([
    ['four samples', () => page(4, 5)],
    ['four samples, one of them alpha', () => ({ ...page(4, 2), extraSamples: [2] })],
    ['four samples, three of them named', () => ({ ...page(4, 1), extraSamples: [0, 0, 0] })],
    ['two samples', () => page(2, 1)],
    [
      'a JPEG of three components that have no usual names',
      async () => {
        const made = await jpeg('4:4:4');
        const [stream = Buffer.alloc(0)] = made.segments;
        const frame = stream.indexOf(Buffer.from([0xff, 0xc0]));
        for (let i = 0; i < 3; i++) stream[frame + 10 + i * 3] = 17 + i;
        return made;
      },
    ],
  ])('is refused when they cannot be inferred: %s', async (_, make) => {
    const tiff = makeTiff(without(await make()));
    const { error } = await inspectionOf(tiff);
    expect(error).toMatchObject({ code: 'UNSUPPORTED_TIFF' });
    await expect(jpegOf(tiff)).rejects.toMatchObject({
      code: 'UNSUPPORTED_TIFF',
      message: error?.message.replace('scan.tif', 'odd.tif'),
    });
  });
});

describe('a resolution that libtiff refuses', () => {
  const [SRATIONAL, FLOAT, DOUBLE] = [10, 11, 12];
  it.each([
    ['below 0', SRATIONAL, -300, '-300'],
    ['no number', FLOAT, Number.NaN, 'no number'],
    ['below 0, as a double', DOUBLE, -0.5, '-0.5'],
  ])('is left out, with a warning: %s', async (_, type, value, said) => {
    const entries = [{ tag: 282, type, values: [value] }];
    const sound = await jpegOf(makeTiff(page(3, 2)));
    const odd = await jpegOf(makeTiff({ ...page(3, 2), entries }));
    expect(odd.bytes.equals(sound.bytes)).toBe(true);
    expect(odd.notes).toMatchObject([
      { code: 'WARNINGS_FORGIVEN', message: expect.stringContaining(`its XResolution is ${said}`) },
    ]);
  });
});

describe('RGBA as JPEG in tiles', () => {
  it('is flattened onto the background as in strips', async () => {
    const data = samplesOf(4);
    const rgba = { width, height, channels: 4, data };
    for (const layout of [{}, { bigEndian: true }, { big: true }]) {
      const tiles = { ...(await sideBySideJpegPage(rgba, 2, { tile: 64 })), extraSamples: [2] };
      const made = await jpegOf(makeTiffAs(layout, tiles));
      expect(made.plan.reading.reader).toBe('magick');
      const strips = makeTiff({ ...page(4, 2), extraSamples: [2] });
      const [a, b] = [made.bytes, (await jpegOf(strips)).bytes];
      const [one, other] = await Promise.all([a, b].map((bytes) => sharp(bytes).raw().toBuffer()));
      const wrong =
        one?.reduce((sum, level, i) => sum + (level - (other?.[i] ?? 0)) ** 2, 0) ?? 1e9;
      expect(10 * Math.log10(255 ** 2 / (wrong / (one?.length ?? 1)))).toBeGreaterThan(32);
    }
  });
});
