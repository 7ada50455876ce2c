import { chmod, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { choosePages } from '../../../../src/lib/convert/choose-pages.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { copyTiff, type OwnTiff } from '../../../../src/lib/convert/own-tiff.ts';
import { type Converter, openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { defaultLikenessBounds } from '../../../../src/lib/convert/verify/likeness.ts';
import { type MadePage, withPages } from '../../../../src/lib/outputs/make-pages.ts';
import { grey, noise } from '../../../support/paged-tiffs.ts';
import { decodeJpeg } from '../../../support/pixels.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();
let converter: Converter;
beforeAll(async () => {
  converter = openConverter(await folder.make('work'));
});
afterAll(() => converter.close());

const WIDTHS = [16, 24, 32, 40];
/** A mask of a compression that sharp was built without: whoever walks past it gets to no page. */
const obstacle = { ...grey(8, 8, 0), subfileType: 4, compression: 32_909 };
const many = makeTiff(obstacle, ...WIDTHS.map((width) => grey(width, 8, width)), obstacle);
const inWork = async () => (await readdir(folder.path('work'))).filter((name) => /tif$/.test(name));

/** Makes all pages, and tells which TIFFs lay in the temporary folder when each was made. */
async function makeAll(file: string | OwnTiff) {
  const chosen = await choosePages(typeof file === 'string' ? file : file.path, 'all', 'scan.tif');
  const made: MadePage[] = [];
  const seen = new Set<string>();
  const options = { encoder: defaultEncoderSettings, pages: 'all', converter } as const;
  await withPages({ ...chosen, file, name: 'scan.tif' }, converter, async (make) => {
    for (const page of chosen.numbers) {
      const jpeg = folder.path(`${page}.jpg`);
      const one = { page, output: `scan.page-${page}.jpg`, jpeg };
      made.push(await make(one, { ...options, verify: defaultLikenessBounds }));
      for (const name of await inWork())
        seen.add(`${name} ${(await stat(folder.path(`work/${name}`))).ino}`);
    }
  });
  expect(await inWork()).toEqual([]);
  const pictures = await Promise.all(made.map(({ jpeg }) => decodeJpeg(jpeg)));
  return { made, copies: [...seen], widths: pictures.map(({ width }) => width) };
}

it('makes the pages of a TIFF of many from one copy, past none of the others, and touches no input', async () => {
  const path = await folder.write('theirs.tif', many);
  const past = new Date('2001-02-03T04:05:06Z');
  await utimes(path, past, past);
  await chmod(path, 0o444);
  const { made, copies, widths } = await makeAll(path);
  expect(widths).toEqual(WIDTHS);
  expect(copies).toEqual([expect.stringMatching(/^pages\.tif /)]);
  for (const { conversion, likeness } of made) {
    // Nor had the whole file to be copied for the page, for what lies beside it.
    expect(conversion.plan.reading).toEqual({ reader: 'sharp', feature: expect.any(String) });
    expect(conversion.notes).toEqual([]);
    expect(likeness?.ssim).toBeGreaterThan(0.9);
  }
  const { mtimeMs, mode } = await stat(path);
  expect({ mtimeMs, mode: mode & 0o777 }).toEqual({ mtimeMs: past.getTime(), mode: 0o444 });
  expect((await readFile(path)).equals(many)).toBe(true);
});

it('makes them from the file itself where that is ours, and leaves it as it came', async () => {
  const own = await copyTiff(await folder.write('download.tif', many), folder.path('own.tif'));
  const { made, copies, widths } = await makeAll(own);
  expect({ widths, copies }).toEqual({ widths: WIDTHS, copies: [] });
  expect(made.map(({ conversion }) => conversion.plan.reading.copied)).toEqual(
    WIDTHS.map(() => undefined),
  );
  expect((await readFile(own.path)).equals(many)).toBe(true);
});

it('copies no TIFF where walking past its pages costs less', async () => {
  const path = await folder.write('large.tif', makeTiff(noise(256), noise(200)));
  const { copies, widths } = await makeAll(path);
  expect({ widths, copies }).toEqual({ widths: [256, 200], copies: [] });
});
