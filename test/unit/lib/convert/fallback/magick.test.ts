import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { execa } from 'execa';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { rewritten } from '../../../../support/magick-pages.ts';
import { deepJpegTiff } from '../../../../support/make-deep-jpeg.ts';
import { makeOldJpeg, type OldJpeg, type RgbPicture } from '../../../../support/make-ojpeg.ts';
import { greyJpeg, planarJpegPage } from '../../../../support/make-planar-jpeg.ts';
import { sideBySideJpegPage } from '../../../../support/make-rgba-jpeg.ts';
import { raw } from '../../../../support/pictures.ts';
import { type Picture, psnr } from '../../../../support/pixels.ts';
import { hasSharedTiffs, sharedTiffs } from '../../../../support/shared-tiffs.ts';
import { tiffLayouts } from '../../../../support/tiff-headers.ts';
import { makeTiff, makeTiffAs, type TiffLayout } from '../../../../support/tiff-writer.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const [width, height] = [200, 144];
let source: RgbPicture & Picture;

beforeAll(async () => {
  const data = await raw(width, height, 3).blur(2).raw().toBuffer();
  source = { width, height, channels: 3, data };
});

const old = async (name: string, options: OldJpeg) =>
  rewritten(
    await folder.write(`${name}.tif`, await makeOldJpeg(source, options)),
    options.before ? 1 : 0,
  );

describe('an old-style JPEG is decoded', () => {
  const kinds: [string, OldJpeg][] = [
    ['as a whole JPEG in the file', { kind: 'interchange' }],
    ['as a whole JPEG without subsampling', { kind: 'interchange', chromaSubsampling: '4:4:4' }],
    ['with its tables apart, in one strip', { kind: 'tables' }],
    ['with its tables apart, in several strips', { kind: 'tables', rowsPerStrip: 48 }],
    ['in tiles', { kind: 'tables', tile: 64 }],
  ];
  for (const [name, options] of kinds)
    it(name, async () => {
      const page = await old(name, options);
      expect(page.picture).toMatchObject({ width, height, colours: 'rgb', bits: 8 });
      expect(psnr(page, source)).toBeGreaterThan(35);
    });

  for (const [name, layout] of tiffLayouts)
    it(`from ${name}`, async () => {
      const page = await old(name, { kind: 'tables', rowsPerStrip: 48, layout });
      expect(psnr(page, source)).toBeGreaterThan(35);
    });

  it('without RowsPerStrip', async () => {
    const page = await old('rowless', { kind: 'interchange', page: { without: [278] } });
    expect(psnr(page, source)).toBeGreaterThan(35);
  });

  const counts = { missing: 'none', small: 1, large: 900_000 } as const;
  for (const [name, count] of Object.entries(counts))
    it(`with a StripByteCounts that is ${name}, where the JPEG knows its length`, async () => {
      const page = await old(name, { kind: 'interchange', stripByteCount: count });
      expect(psnr(page, source)).toBeGreaterThan(35);
    });

  it('with black and white as ReferenceBlackWhite has them', async () => {
    const range = [16, 235, 128, 240, 128, 240];
    const file = await makeOldJpeg(source, { kind: 'tables', range });
    const page = await rewritten(await folder.write('range.tif', file));
    const spread = source.data.map((level) =>
      Math.max(0, Math.min(255, ((level - 16) * 255) / 219)),
    );
    // Colours spread a little more than levels (127/112 against 255/219): near enough to tell.
    const expected = { ...source, data: Buffer.from(spread) };
    expect(psnr(page, expected)).toBeGreaterThan(35);
    expect(psnr(page, source)).toBeLessThan(30);
  });

  const real = sharedTiffs().filter((tiff) => tiff.class === 'ERR-ojpeg');
  it.skipIf(!hasSharedTiffs || real.length === 0)(
    'as libtiff decodes real ones',
    async (context) => {
      for (const { path, file } of real) {
        const copy = await folder.write(file, await readFile(path));
        const rgba = folder.path(`${file}.rgba.tif`);
        const { exitCode } = await execa('tiff2rgba', ['-c', 'none', path, rgba], {
          reject: false,
        });
        context.skip(exitCode !== 0, 'tiff2rgba is not on this machine');
        const peer = await sharp(rgba).removeAlpha().raw().toBuffer();
        const page = await rewritten(copy);
        expect(psnr(page, { ...page, data: peer }), file).toBeGreaterThan(30);
      }
    },
  );
});

describe('an old-style JPEG that is called RGB', () => {
  const rgb = { photometric: 2 };
  const kinds: [string, OldJpeg][] = [
    ['JFIF', { kind: 'interchange', page: rgb }],
    ['JFIF without subsampling', { kind: 'interchange', chromaSubsampling: '4:4:4', page: rgb }],
    ['tables apart', { kind: 'tables', page: rgb }],
    ['tables apart, no subsampling', { kind: 'tables', chromaSubsampling: '4:4:4', page: rgb }],
    ['tables apart, strips', { kind: 'tables', rowsPerStrip: 48, page: rgb }],
    ['tables apart, tiles', { kind: 'tables', tile: 64, page: rgb }],
  ];
  it.each([
    ...kinds,
    ...tiffLayouts.map(
      ([name, layout]) => [name, { kind: 'interchange', page: rgb, layout }] as [string, OldJpeg],
    ),
  ])('and has YCbCr is shown as that, and told: %s', async (name, options) => {
    const page = await old(`called ${name}`, options);
    expect(psnr(page, source)).toBeGreaterThan(35);
    expect(page.notes).toMatchObject([{ code: 'COLOURS_ASSUMED' }]);
  });

  it.each([
    ['and is', rgb],
    ['or nothing, and is', { without: [262] }],
  ])('%s, is taken at its word', async (name, said) => {
    const file = await makeOldJpeg(source, {
      kind: 'interchange',
      chromaSubsampling: '4:4:4',
      page: said,
      change: (jpeg) => renamed(jpeg, 'RGB'),
    });
    const page = await rewritten(await folder.write(`named ${name}.tif`, file));
    expect(page.notes).toEqual([]);
    // Y, Cb and Cr as they are in the stream.
    const [r = 0, g = 0, b = 0] = source.data;
    expect(Math.abs((page.data[0] ?? 0) - (0.299 * r + 0.587 * g + 0.114 * b))).toBeLessThan(12);
  });

  /** Gives the components of a JPEG other identifiers, and takes JFIF's segment away from it. */
  function renamed(jpeg: Buffer, names: string): Buffer {
    const copy = Buffer.from(jpeg);
    for (const [marker, first, step] of [
      [0xc0, 10, 3],
      [0xda, 5, 2],
    ] as const) {
      const at = copy.indexOf(Buffer.from([0xff, marker]));
      for (let i = 0; i < 3; i++) copy[at + first + i * step] = names.charCodeAt(i);
    }
    const jfif = copy.indexOf(Buffer.from([0xff, 0xe0]));
    if (jfif === -1) return copy;
    return Buffer.concat([
      copy.subarray(0, jfif),
      copy.subarray(jfif + 2 + copy.readUInt16BE(jfif + 2)),
    ]);
  }
});

describe('an old-style JPEG is decoded in spite of', () => {
  const spoil = (jpeg: Buffer, parameters: readonly number[]) => {
    const copy = Buffer.from(jpeg);
    const scan = copy.indexOf(Buffer.from([0xff, 0xda]));
    copy.set(parameters, scan + 11);
    return copy;
  };
  it.each(
    tiffLayouts.flatMap(([name, layout]) =>
      ['0 0 0', '1 5 0', '0 63 17'].map((parameters) => [parameters, name, layout] as const),
    ),
  )('parameters of its scan that are %s: %s', async (parameters, name, layout) => {
    const change = (jpeg: Buffer) => spoil(jpeg, parameters.split(' ').map(Number));
    const page = await old(`scan ${parameters} ${name}`, { kind: 'interchange', layout, change });
    expect(psnr(page, source)).toBeGreaterThan(35);
    expect(page.notes).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
  });

  it.each(
    tiffLayouts.flatMap(([name, layout]) =>
      [0x21, 0x22, 0x41].map((factors) => [factors, name, layout] as const),
    ),
  )('sampling factors %i of a grey one: %s', async (factors, name, layout) => {
    const levels = Uint8Array.from(source.data.filter((_, i) => i % 3 === 1));
    const grey = Buffer.from(await greyJpeg(levels, width, height));
    grey[grey.indexOf(Buffer.from([0xff, 0xc0])) + 11] = factors;
    const page = await old(`grey ${factors} ${name}`, {
      kind: 'interchange',
      layout,
      change: () => grey,
      page: { photometric: 1, samplesPerPixel: 1, without: [530, 532] },
    });
    expect(page.picture.colours).toBe('grey');
    expect(psnr(page, { width, height, channels: 1, data: Buffer.from(levels) })).toBeGreaterThan(
      35,
    );
  });

  it.each(
    tiffLayouts.flatMap(([name, layout]) =>
      [
        ['SamplesPerPixel', [277]],
        ['SamplesPerPixel and BitsPerSample', [277, 258]],
        ['all that tells its colours', [277, 258, 262]],
      ].map(([what, without]) => [what as string, name, without as number[], layout] as const),
    ),
  )('a missing %s: %s', async (name, file, without, layout) => {
    for (const kind of ['interchange', 'tables'] as const) {
      const page = await old(`without ${name} ${kind} ${file}`, {
        kind,
        layout,
        page: { without },
      });
      expect(psnr(page, source)).toBeGreaterThan(35);
      expect(page.notes).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
    }
  });
});

describe('RGBA as JPEG, its samples side by side', () => {
  const of = async (channels: number) => {
    const data = Buffer.from(
      Array.from({ length: width * height * channels }, (_, i) => {
        const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
        return Math.round(120 + 100 * Math.sin((x * (1 + (i % channels))) / 37 + y / 21));
      }),
    );
    return { width, height, channels, data };
  };
  it.each([
    [16, 2, {}],
    [32, 1, {}],
    [64, 2, {}],
    [112, 1, { bigEndian: true }],
    [128, 2, { big: true }],
    [256, 1, { big: true, bigEndian: true }],
  ] as const)(
    'in tiles of %i keeps its colours as they are stored, alpha %i',
    async (tile, alpha, layout) => {
      const rgba = await of(4);
      const made = { ...(await sideBySideJpegPage(rgba, 2, { tile })), extraSamples: [alpha] };
      const page = await rewritten(
        await folder.write(`rgba ${tile}.tif`, makeTiffAs(layout, made)),
      );
      expect(page.picture).toMatchObject({ width, height, colours: 'rgb', alpha });
      expect(psnr(page, rgba)).toBeGreaterThan(35);
    },
  );

  it('or grey and alpha', async () => {
    const both = await of(2);
    for (const photometric of [1, 0]) {
      const made = await sideBySideJpegPage(both, photometric, { tile: 64 });
      const file = makeTiff({ ...made, extraSamples: [2] });
      const page = await rewritten(await folder.write(`grey ${photometric}.tif`, file));
      expect(page.picture).toMatchObject({ colours: 'grey', alpha: 2 });
      const ink = both.data.map((level, i) =>
        photometric === 0 && i % 2 === 0 ? 255 - level : level,
      );
      expect(psnr(page, { ...both, data: Buffer.from(ink) })).toBeGreaterThan(35);
    }
  });

  it('leaves out what is no transparency, with a note', async () => {
    const rgba = await of(4);
    const made = { ...(await sideBySideJpegPage(rgba, 2, { tile: 64 })), extraSamples: [0] };
    const page = await rewritten(await folder.write('rgbx.tif', makeTiff(made)));
    expect(page.picture).toMatchObject({ colours: 'rgb', alpha: undefined });
    const rgb = Buffer.from(rgba.data.filter((_, i) => i % 4 < 3));
    expect(psnr(page, { ...rgba, channels: 3, data: rgb })).toBeGreaterThan(35);
    expect(page.notes).toMatchObject([{ code: 'EXTRA_SAMPLES_DROPPED' }]);
  });

  it('is refused where one of its tiles ends too early', async () => {
    const made = { ...(await sideBySideJpegPage(await of(4), 2, { tile: 64 })), extraSamples: [2] };
    const segments = made.segments?.map((tile, i) => (i === 5 ? tile.subarray(0, -300) : tile));
    const file = await folder.write(
      'cut tile.tif',
      makeTiff({ ...made, segments: segments ?? [] }),
    );
    await expect(rewritten(file)).rejects.toThrow(/premature|corrupt/i);
  });
});

describe('the page that was chosen is decoded', () => {
  it('when it is not the first', async () => {
    const black = {
      width: 8,
      height: 8,
      samplesPerPixel: 1,
      photometric: 1,
      data: new Uint8Array(64),
    };
    for (const [name, layout] of tiffLayouts) {
      const page = await old(`second, ${name}`, { kind: 'tables', before: black, layout });
      expect(psnr(page, source), name).toBeGreaterThan(35);
    }
  });

  it('when others follow it', async () => {
    const first = await planarJpegPage(source, 2);
    const black = { ...source, data: new Uint8Array(source.data.length) };
    const file = await folder.write('first.tif', makeTiff(first, await planarJpegPage(black, 2)));
    expect(psnr(await rewritten(file, 0), source)).toBeGreaterThan(35);
    expect((await rewritten(file, 1)).data.every((level) => level < 4)).toBe(true);
  });
});

describe('JPEG in tiles and separate planes is decoded', () => {
  for (const [name, layout] of tiffLayouts)
    it(`RGB, from ${name}`, async () => {
      const tiff = makeTiffAs(layout, await planarJpegPage(source, 2));
      const page = await rewritten(await folder.write(`rgb ${name}.tif`, tiff));
      expect(page.picture.colours).toBe('rgb');
      expect(psnr(page, source)).toBeGreaterThan(35);
    });

  it('CMYK, with its samples as they are stored', async () => {
    const data = await raw(width, height, 4).raw().toBuffer();
    const cmyk = { width, height, channels: 4, data };
    const file = await folder.write('cmyk.tif', makeTiff(await planarJpegPage(cmyk, 5)));
    const page = await rewritten(file);
    expect(page.picture.colours).toBe('cmyk');
    expect(psnr(page, cmyk)).toBeGreaterThan(35);
  });

  it('WhiteIsZero, with white as white', async () => {
    const grey = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096).fill(250) };
    const file = await folder.write('white.tif', makeTiff(await planarJpegPage(grey, 0)));
    expect((await rewritten(file)).data[0]).toBe(5);
  });
});

describe('samples beside the colours', () => {
  const four = async () => ({
    width,
    height,
    channels: 4,
    data: await raw(width, height, 4).raw().toBuffer(),
  });
  for (const alpha of [1, 2] as const)
    it(`are handed on as they are stored when they are alpha of type ${alpha}`, async () => {
      const rgba = await four();
      const tiff = makeTiff({ ...(await planarJpegPage(rgba, 2)), extraSamples: [alpha] });
      const page = await rewritten(await folder.write(`alpha-${alpha}.tif`, tiff));
      expect(page.picture).toMatchObject({ colours: 'rgb', alpha });
      expect(psnr(page, rgba)).toBeGreaterThan(35);
    });

  it('are left out, with a note, when they are no transparency', async () => {
    const tiff = makeTiff({ ...(await planarJpegPage(await four(), 2)), extraSamples: [0] });
    const page = await rewritten(await folder.write('extra.tif', tiff));
    expect(page.picture.alpha).toBeUndefined();
    expect(page.notes).toMatchObject([{ code: 'EXTRA_SAMPLES_DROPPED' }]);
  });
});

describe('colours of other kinds', () => {
  it('are Lab in 16 bits, whichever way eight bits had it', async () => {
    const bytes = { 8: [128, 20, 236], 9: [128, 148, 108], 10: [128, 158, 70] };
    for (const [photometric, [l = 0, a = 0, b = 0]] of Object.entries(bytes)) {
      const data = new Uint8Array(64 * 64 * 3).map((_, i) => [l, a, b][i % 3] ?? 0);
      const lab = { width: 64, height: 64, channels: 3, data };
      const tiff = makeTiff(await planarJpegPage(lab, Number(photometric)));
      const {
        path,
        picture,
        data: samples,
      } = await rewritten(await folder.write(`lab-${photometric}.tif`, tiff));
      expect(picture).toMatchObject({ colours: 'lab', bits: 16 });
      expect(samples.readUInt16LE(0) / 655.35).toBeCloseTo(50.2, 0);
      expect(Math.abs(samples.readInt16LE(2) / 256 - 20)).toBeLessThan(1);
      expect(Math.abs(samples.readInt16LE(4) / 256 + 20)).toBeLessThan(1);
      const [red = 0, green = 0, blue = 0] = await sharp(path).raw().toBuffer();
      expect(blue).toBeGreaterThan(red);
      expect(red).toBeGreaterThan(green);
    }
  });

  it('are sRGB where an alpha is beside Lab', async () => {
    const data = new Uint8Array(64 * 64 * 4).map((_, i) => [128, 20, 236, 77][i % 4] ?? 0);
    const lab = { width: 64, height: 64, channels: 4, data };
    const tiff = makeTiff({ ...(await planarJpegPage(lab, 8)), extraSamples: [2] });
    const page = await rewritten(await folder.write('lab-alpha.tif', tiff));
    expect(page.picture).toMatchObject({ colours: 'rgb', bits: 8, alpha: 2 });
    const [red = 0, green = 0, blue = 0, alpha] = page.data;
    expect([blue > red, red > green, alpha]).toEqual([true, true, 77]);
  });

  it('have 8 bits where JPEG has 12', async () => {
    const levels = Array.from({ length: 64 }, (_, i) => i * 64 + 8);
    const page = await rewritten(await folder.write('deep.tif', deepJpegTiff(levels)));
    expect(page.picture).toMatchObject({ colours: 'grey', bits: 8 });
    const seen = levels.map(
      (_, i) => page.data[(Math.floor(i / 8) * 8 + 4) * 64 + (i % 8) * 8 + 4],
    );
    expect(seen).toEqual(levels.map((level) => Math.round((level / 4095) * 255)));
  });
});

describe('PixarLog is decoded', () => {
  // Code 0 is black and 1250 white (libtiff, tif_pixarlog.c); each row holds differences of 16
  // bits.
  const pixarLog = (layout: TiffLayout) => {
    const row = Array.from({ length: 64 * 3 }, (_, i) => (Math.floor(i / 3) === 32 ? 1_250 : 0));
    const codes = Buffer.alloc(64 * row.length * 2);
    for (let i = 0; i < codes.length / 2; i++) {
      const code = row[i % row.length] ?? 0;
      if (layout.bigEndian) codes.writeUInt16BE(code, i * 2);
      else codes.writeUInt16LE(code, i * 2);
    }
    const page = { width: 64, height: 64, samplesPerPixel: 3, photometric: 2 };
    const segments = [deflateSync(codes)];
    return makeTiffAs(layout, { ...page, compression: 32_909, segments, data: new Uint8Array(0) });
  };
  for (const [name, layout] of tiffLayouts)
    it(`from ${name}`, async () => {
      const page = await rewritten(await folder.write(`pixar ${name}.tif`, pixarLog(layout)));
      expect(page.data.every((level, i) => level === ((i / 3) % 64 < 32 ? 0 : 255))).toBe(true);
    });
});

it('profile and orientation are copied to the plain TIFF, and pixels are not turned', async () => {
  const icc = Uint8Array.from({ length: 200 }, (_, i) => i);
  const page = await old('turned', { kind: 'tables', page: { icc, orientation: 6 } });
  expect(page.picture).toMatchObject({ width, height, orientation: 6 });
  expect(page.picture.icc).toEqual(icc);
  expect(psnr(page, source)).toBeGreaterThan(35);
});

it('tags that the decoder fails on do not reach it', async () => {
  const nonsense = [
    { tag: 0, type: 0, values: [] },
    { tag: 700, type: 7, values: [1, 2, 3], pointer: 4_000_000_000 },
    { tag: 42_112, type: 2, values: [1], count: 9_999 },
  ];
  const planar = await planarJpegPage(source, 2);
  const tiff = makeTiffAs({ descending: true, next: 10 }, { ...planar, entries: nonsense });
  const page = await rewritten(await folder.write('nonsense.tif', tiff));
  expect(psnr(page, source)).toBeGreaterThan(35);
});
