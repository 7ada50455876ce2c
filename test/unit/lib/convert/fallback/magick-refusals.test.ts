import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadMagick } from '../../../../../src/lib/convert/fallback/magick/load-magick.ts';
import {
  magickError,
  seriousWarning,
} from '../../../../../src/lib/convert/fallback/magick/words.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { scratchIn } from '../../../../../src/lib/convert/process/scratch.ts';
import { explainFailure } from '../../../../../src/lib/convert/render/failure.ts';
import { rewritten } from '../../../../support/magick-pages.ts';
import {
  baselineJpeg,
  jpegParts,
  makeOldJpeg,
  type OldJpeg,
  type RgbPicture,
} from '../../../../support/make-ojpeg.ts';
import { planarJpegPage } from '../../../../support/make-planar-jpeg.ts';
import { noisyTiff, raw } from '../../../../support/pictures.ts';
import type { Picture } from '../../../../support/pixels.ts';
import { makeTiff } from '../../../../support/tiff-writer.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
let source: RgbPicture & Picture;

beforeAll(async () => {
  const [width, height] = [200, 144];
  source = { width, height, channels: 3, data: await raw(width, height, 3).raw().toBuffer() };
});

let files = 0;
const rewrite = async (tiff: Uint8Array) => rewritten(await folder.write(`${++files}.tif`, tiff));

/** What is said of missing and broken data, by us and by libtiff. */
const DAMAGE =
  /the file ends [\d ]+ bytes? before its last \w+ does|does not say where its strips or tiles are|the lists of its strips or tiles are not in the file|Corrupt JPEG data|Invalid JPEG|Not a JPEG file|Premature end|tables of an old-style JPEG are missing/;

describe('a partial picture is never made of', () => {
  const kinds: [string, () => Promise<Buffer>][] = [
    ['a whole old-style JPEG', () => makeOldJpeg(source, { kind: 'interchange' })],
    [
      'an old-style JPEG in strips',
      () => makeOldJpeg(source, { kind: 'tables', rowsPerStrip: 48 }),
    ],
    ['JPEG in planes', async () => makeTiff(await planarJpegPage(source, 2))],
  ];
  for (const [name, make] of kinds) {
    it(`${name} that ends in its middle`, async () => {
      const tiff = await make();
      const { middle } = await dataOf(tiff);
      // The tables of the second kind stand at the end, too: all of it is missing.
      await expect(rewrite(tiff.subarray(0, middle))).rejects.toThrow(DAMAGE);
    });

    it(`${name} whose second half is zeros`, async () => {
      const tiff = await make();
      const { middle, end } = await dataOf(tiff);
      await expect(rewrite(tiff.fill(0, middle, end))).rejects.toThrow(DAMAGE);
    });

    it(`${name} that lacks some of its bytes`, async () => {
      const tiff = await make();
      const { middle, end } = await dataOf(tiff);
      tiff.copyWithin(middle, middle + 1_000, end).fill(0, end - 1_000, end);
      await expect(rewrite(tiff)).rejects.toThrow(DAMAGE);
    });
  }

  it('a page that lists fewer tiles than it has', async () => {
    const page = await planarJpegPage(source, 2);
    const tiff = makeTiff({ ...page, segments: page.segments?.slice(0, -1) ?? [] });
    await expect(rewrite(tiff)).rejects.toThrow(/^it has \d+ of the \d+ tiles that it needs$/);
  });

  it('a page with an empty tile', async () => {
    const page = await planarJpegPage(source, 2);
    const [, ...others] = page.segments ?? [];
    const tiff = makeTiff({ ...page, segments: [...others, new Uint8Array(0)] });
    await expect(rewrite(tiff)).rejects.toThrow(/of its \d+ tiles has 0 bytes \(a sparse TIFF\b/);
  });
});

/** Where the data of the first page's strips or tiles have their middle and their end. */
async function dataOf(tiff: Uint8Array): Promise<{ middle: number; end: number }> {
  const header = await readTiffHeader(await folder.write(`header-${++files}.tif`, tiff));
  const { end = 0, totalBytes = 0 } = header?.pages[0].segments ?? {};
  return { middle: end - Math.floor(totalBytes / 2), end };
}

describe('what cannot be read is refused by name', () => {
  const refused: [string, OldJpeg][] = [
    ['Lossless old-style JPEG', lossless()],
    ['tables of an old-style JPEG are missing', tableless()],
  ];
  for (const [words, options] of refused)
    it(words, async () => {
      await expect(rewrite(await makeOldJpeg(source, options))).rejects.toThrow(words);
    });

  it('a compression that libtiff does not know', async () => {
    const page = await planarJpegPage(source, 2);
    await expect(rewrite(makeTiff({ ...page, compression: 34_925 }))).rejects.toThrow(
      'LZMA compression support is not configured',
    );
  });

  it('colours that are none of those known', async () => {
    const page = await planarJpegPage(source, 2);
    await expect(rewrite(makeTiff({ ...page, photometric: 32_803 }))).rejects.toThrow(
      'PhotometricInterpretation 32803 is not supported',
    );
  });
});

function lossless(): OldJpeg {
  return { kind: 'interchange', page: { entries: [{ tag: 512, type: 3, values: [14] }] } };
}

function tableless(): OldJpeg {
  return { kind: 'tables', page: { without: [519] } };
}

describe('nothing but TIFF can be reached in ImageMagick', () => {
  it('a JPEG is not read, neither as what it is nor under TIFF’s name', async () => {
    const magick = await loadMagick();
    const jpeg = await baselineJpeg(source);
    expect(jpegParts(jpeg).scanAt).toBeGreaterThan(0);
    for (const format of [magick.MagickFormat.Jpeg, magick.MagickFormat.Tiff, undefined]) {
      const settings = new magick.MagickReadSettings(format ? { format } : {});
      expect(() => magick.MagickImage.create(jpeg, settings)).toThrow();
    }
  });

  it('nor is a file by its path', async () => {
    const magick = await loadMagick();
    const path = await folder.write('beside.tif', await noisyTiff(16));
    expect(() => magick.MagickImage.create().read(path)).toThrow();
  });
});

describe('memory', () => {
  it('that ImageMagick does not get is reported as missing, and nothing else', async () => {
    const tiff = await folder.write('large.tif', makeTiff(await planarJpegPage(source, 2)));
    const failure = await rewritten(tiff, 0, () => loadMagick(1_000)).catch((error) => error);
    const failing = { paths: { input: tiff }, scratch: scratchIn('/tmp'), name: 'large.tif' };
    expect(explainFailure(failure, failing, { reader: 'magick' })).toMatchObject({
      code: 'OUT_OF_MEMORY',
    });
  });

  const words = [
    "CacheResourcesExhausted `' @ error/cache.c/OpenPixelCache/4119",
    "MemoryAllocationFailed `' @ error/tiff.c/ReadTIFFImage/2065",
    'Array buffer allocation failed',
    'Aborted(OOM)',
    'memory access out of bounds',
    "No space for strip buffer. `TIFFReadBufferSetup' @ error/tiff.c/TIFFErrors/564",
    "Failed to allocate memory for JPEG tables. `x' @ error/tiff.c/TIFFErrors/564",
  ];
  for (const word of words)
    it(`is recognised in: ${word}`, () => {
      const failing = { paths: { input: '/in.tif' }, scratch: scratchIn('/tmp'), name: 'in.tif' };
      const failure = magickError(new Error(word));
      expect(explainFailure(failure, failing, { reader: 'magick' })).toMatchObject({
        code: 'OUT_OF_MEMORY',
      });
    });
});

describe('warnings', () => {
  const warning = (message: string, ...others: string[]) => ({
    message: `${message}. \`TIFFx' @ warning/tiff.c/TIFFWarnings/913`,
    relatedErrors: others.map((other) => ({ message: other, relatedErrors: [] })),
  });
  const harmless = [
    'Deprecated and troublesome old-style JPEG compression mode, please convert to new-style JPEG',
    'Auto-corrected former TIFF subsampling values [2,2] to match subsampling values inside JPEG',
    'Subsampling inside JPEG data [2,1] does not match subsampling tag values [2,2]; assuming …',
    'Photometric tag is missing, assuming data is YCbCr',
    'JPEG strip size exceeds expected dimensions, expected 16x3, got 16x8',
  ];
  for (const words of harmless)
    it(`that say nothing about the pixels are ignored: ${words}`, () => {
      expect(seriousWarning(warning(words))).toBeUndefined();
    });

  const serious = [
    'Premature EOL at line 35 of strip 0 (got 1326, expected 1728)',
    'Corrupt JPEG data: premature end of data segment',
    'Application transferred too many scanlines',
    'Read error at scanline 12; got 3 bytes, expected 9',
    'Not enough data for scanline 4',
    'Bad code word at line 3 of strip 1 (x 12)',
    'Something that nobody has seen yet',
  ];
  for (const words of serious)
    it(`that tell of missing pixels are errors, also behind others: ${words}`, () => {
      expect(seriousWarning(warning(words))).toBe(words);
      const behind = warning(harmless[0] ?? '', words);
      expect(seriousWarning(behind)).toBe(words);
    });
});

it('ImageMagick is loaded when it is needed, not with the module that uses it', async () => {
  const module = new URL(
    '../../../../../src/lib/convert/fallback/magick/rewrite-by-magick.ts',
    import.meta.url,
  );
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) => { console.log(name); return next(name, context); } });
    await import(${JSON.stringify(module.href)});`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toContain('load-magick.ts');
  expect(stdout).not.toContain('@imagemagick');
  const source = await readFile(fileURLToPath(new URL('load-magick.ts', module)), 'utf8');
  expect(source).toContain("await import('@imagemagick/magick-wasm')");
});
