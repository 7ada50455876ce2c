import { chmod, mkdtemp, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { choosePages } from '../../../../src/lib/convert/choose-pages.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { copyTiff, type OwnTiff } from '../../../../src/lib/convert/own-tiff.ts';
import { type Converter, openConverter } from '../../../../src/lib/convert/process/converter.ts';
import { defaultLikenessBounds } from '../../../../src/lib/convert/verify/likeness.ts';
import { ConversionError } from '../../../../src/lib/errors.ts';
import { type MakingPlaces, makePages } from '../../../../src/lib/outputs/make-pages.ts';
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
  const seen = new Set<string>();
  const options = { encoder: defaultEncoderSettings, pages: 'all', converter } as const;
  const making = { ...options, verify: defaultLikenessBounds };
  const targets = chosen.numbers.map((page) => ({
    page,
    output: `scan.page-${page}.jpg`,
    jpeg: folder.path(`${page}.jpg`),
  }));
  let isFree = true;
  const places: MakingPlaces = {
    folder: converter.temporaryFolder,
    take: async () => {
      if (!isFree) return undefined;
      isFree = false;
      return {
        making,
        release: async () => {
          isFree = true;
          for (const name of await inWork())
            seen.add(`${name} ${(await stat(folder.path(`work/${name}`))).ino}`);
        },
      };
    },
  };
  const made = await makePages({ ...chosen, file, name: 'scan.tif' }, targets, places);
  expect(await inWork()).toEqual([]);
  const pictures = await Promise.all(made.map(({ jpeg }) => decodeJpeg(jpeg)));
  return { made, copies: [...seen], widths: pictures.map(({ width }) => width) };
}

it('makes the pages of a TIFF of many from one copy, without walking past the others, and modifies no input', async () => {
  const path = await folder.write('theirs.tif', many);
  const past = new Date('2001-02-03T04:05:06Z');
  await utimes(path, past, past);
  await chmod(path, 0o444);
  const { made, copies, widths } = await makeAll(path);
  expect(widths).toEqual(WIDTHS);
  expect(copies).toEqual([expect.stringMatching(/^pages-1\.tif /)]);
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

it('does not give up where the last other page was made while a place was looked for', async () => {
  const file = await folder.write('two.tif', makeTiff(grey(16, 8, 1), grey(24, 8, 2)));
  const chosen = await choosePages(file, 'all', 'two.tif');
  const making = { encoder: defaultEncoderSettings, pages: 'all', converter } as const;
  const released = Promise.withResolvers<void>();
  let looks = 0;
  const places: MakingPlaces = {
    folder: converter.temporaryFolder,
    take: async () => {
      if (++looks !== 2) return { making, release: async () => released.resolve() };
      await released.promise;
      await new Promise(setImmediate);
      return undefined;
    },
  };
  const targets = [1, 2].map((page) => ({ page, output: '', jpeg: folder.path(`p${page}.jpg`) }));
  const made = await makePages({ ...chosen, file, name: 'two.tif' }, targets, places);
  expect(made.map(({ page }) => page)).toEqual([1, 2]);
});

it('makes them from the file itself if that is ours, and restores it', async () => {
  const own = await copyTiff(await folder.write('download.tif', many), folder.path('own.tif'));
  const { made, copies, widths } = await makeAll(own);
  expect({ widths, copies }).toEqual({ widths: WIDTHS, copies: [] });
  expect(made.map(({ conversion }) => conversion.plan.reading.copied)).toEqual(
    WIDTHS.map(() => undefined),
  );
  expect((await readFile(own.path)).equals(many)).toBe(true);
});

/** Makes pages in two processes; `gate` holds back the one of the first page. */
async function makeInTwo(
  file: string | OwnTiff,
  gate: (afterOther: Promise<void>) => Promise<void>,
) {
  const chosen = await choosePages(typeof file === 'string' ? file : file.path, 'all', 'scan.tif');
  const other = openConverter(await mkdtemp(folder.path('other-')));
  const { promise: isOtherDone, resolve: otherDone } = Promise.withResolvers<void>();
  const slow: Converter = {
    ...converter,
    convert: async (...request) => {
      await gate(isOtherDone);
      return converter.convert(...request);
    },
  };
  const free = [slow, other];
  const begun: number[] = [];
  const told: number[] = [];
  const seen = new Set<string>();
  const places: MakingPlaces = {
    folder: converter.temporaryFolder,
    take: async ({ page }) => {
      const one = free.shift();
      if (!one) return undefined;
      begun.push(page);
      return {
        making: { encoder: defaultEncoderSettings, pages: 'all', converter: one },
        release: async () => {
          for (const name of await inWork()) seen.add(name);
          free.push(one);
          if (one === other) otherDone();
        },
      };
    },
  };
  const targets = chosen.numbers.map((page) => ({
    page,
    output: `scan.page-${page}.jpg`,
    jpeg: folder.path(`two-${page}.jpg`),
  }));
  const tiff = { ...chosen, file, name: 'scan.tif' };
  try {
    const made = await makePages(tiff, targets, places, ({ page }) => told.push(page));
    return { made, told, begun, copies: [...seen].sort() };
  } catch (error) {
    return { error, told, begun };
  } finally {
    await other.close();
    expect(await inWork()).toEqual([]);
  }
}

it('makes pages at once, each from its own file, and reports them in order', async () => {
  const path = await folder.write('two.tif', many);
  const theirs = await makeInTwo(path, (afterOther) => afterOther);
  expect(theirs).toMatchObject({ told: [1, 2, 3, 4], copies: ['pages-1.tif', 'pages-2.tif'] });
  const own = await copyTiff(path, folder.path('two-own.tif'));
  const ours = await makeInTwo(own, (afterOther) => afterOther);
  expect(ours).toMatchObject({ told: [1, 2, 3, 4], copies: ['pages-1.tif'] });
  for (const { made = [] } of [theirs, ours]) {
    const pictures = await Promise.all(made.map(({ jpeg }) => decodeJpeg(jpeg)));
    expect(pictures.map(({ width }) => width)).toEqual(WIDTHS);
  }
  for (const file of [path, own.path]) expect((await readFile(file)).equals(many)).toBe(true);
});

it('reports the first failure in order, though a later page failed earlier, and starts no other', async () => {
  const broken = (width: number) => ({ ...grey(width, 8, 1), compression: 5 });
  const bytes = makeTiff(broken(16), broken(24), grey(32, 8, 3), grey(40, 8, 4));
  const path = await folder.write('broken.tif', bytes);
  const { error, told, begun } = await makeInTwo(path, (afterOther) => afterOther);
  expect(error).toMatchObject({ message: expect.stringContaining('page 1 of 4') });
  expect({ told, begun }).toEqual({ told: [], begun: [1, 2] });
});

/**
 * Makes pages two at once in converters that fail as `endOf` says: by the page and whether another
 * one is made meanwhile. Returns what happened, in order.
 */
async function makeWith(
  endOf: (page: number, hasCompany: boolean) => ConversionError | undefined,
  count = 4,
) {
  const file = await folder.write(
    'ends.tif',
    makeTiff(...WIDTHS.map((width) => grey(width, 8, 1))),
  );
  const chosen = await choosePages(file, 'all', 'ends.tif');
  const happened: string[] = [];
  const free = [1, 2];
  let running = 0;
  const places: MakingPlaces = {
    folder: converter.temporaryFolder,
    take: async ({ page }) => {
      const one = free.shift();
      if (!one) return undefined;
      running++;
      const ending: Converter = {
        ...converter,
        convert: async (request, watch) => {
          await new Promise(setImmediate);
          const error = endOf(page, running > 1);
          happened.push(`${error?.code ?? 'made'} ${page}${running > 1 ? '' : ' alone'}`);
          if (error) throw error;
          return converter.convert(request, watch);
        },
      };
      return {
        making: {
          encoder: defaultEncoderSettings,
          pages: 'all',
          converter: ending,
          onReplan: ({ code }) => happened.push(`again: ${code}`),
        },
        release: async () => {
          running--;
          free.push(one);
        },
      };
    },
  };
  const targets = chosen.numbers
    .slice(0, count)
    .map((page) => ({ page, output: '', jpeg: folder.path(`end-${page}.jpg`) }));
  const tiff = { ...chosen, file, name: 'ends.tif' };
  const told: number[] = [];
  const tell = ({ page }: { readonly page: number }) => told.push(page);
  const made = await makePages(tiff, targets, places, tell).catch((error: unknown) => ({ error }));
  return { made, told, happened };
}

it.each(['CRASHED', 'UNRESPONSIVE', 'OUT_OF_MEMORY'] as const)(
  'a page that ends %s beside another is made once more alone, by its first plan',
  async (code) => {
    const { made, told, happened } = await makeWith((page, hasCompany) =>
      page === 1 && hasCompany ? new ConversionError(code, 'Gone.') : undefined,
    );
    expect(made).toMatchObject(WIDTHS.map(() => ({ conversion: { plan: { effort: 'max' } } })));
    expect(told).toEqual([1, 2, 3, 4]);
    expect(happened).toContain(`again: ${code}`);
    expect(happened.slice(-3)).toEqual(['made 1 alone', 'made 3 alone', 'made 4 alone']);
  },
);

it('what ends alone, too, counts as failed, and what is wrong with a TIFF is not tried again', async () => {
  const dies = await makeWith((page) =>
    page === 1 ? new ConversionError('CRASHED', 'Gone.') : undefined,
  );
  expect(dies.made).toMatchObject({ error: { code: 'CRASHED' } });
  expect(dies.happened.filter((one) => /CRASHED 1/.test(one))).toEqual([
    'CRASHED 1',
    'CRASHED 1 alone',
  ]);
  const broken = await makeWith((page) =>
    page === 1 ? new ConversionError('UNREADABLE_TIFF', 'Broken.') : undefined,
  );
  expect(broken.made).toMatchObject({ error: { code: 'UNREADABLE_TIFF' } });
  expect(broken.happened.filter((one) => /1/.test(one))).toEqual(['UNREADABLE_TIFF 1']);
});

it('a page that was never beside another gets its lesser plan at once', async () => {
  let isFirst = true;
  const { made, happened } = await makeWith((page) => {
    if (page !== 1 || !isFirst) return undefined;
    isFirst = false;
    return new ConversionError('OUT_OF_MEMORY', 'Gone.');
  }, 1);
  expect(happened).toEqual(['OUT_OF_MEMORY 1 alone', 'again: OUT_OF_MEMORY', 'made 1 alone']);
  expect(made).toMatchObject([{ conversion: { plan: { effort: 'fast' } } }]);
});

it('a copy that its owner has no room for is not made, and room that it got is given back', async () => {
  const own = await copyTiff(await folder.write('roomy.tif', many), folder.path('roomy-own.tif'));
  const chosen = await choosePages(own.path, 'all', 'scan.tif');
  const told: string[] = [];
  const makeIn = async (hasRoom: boolean) => {
    const making = { encoder: defaultEncoderSettings, pages: 'all', converter } as const;
    let running = 0;
    const places: MakingPlaces = {
      folder: converter.temporaryFolder,
      roomForCopy: async (bytes) => {
        told.push(`asked ${bytes}`);
        const filled = (written: number) => void told.push(`filled ${written}`);
        return hasRoom ? { filled, release: () => void told.push('released') } : undefined;
      },
      take: async () => {
        if (running >= 2) return undefined;
        running++;
        return { making, release: async () => void running-- };
      },
    };
    const targets = chosen.numbers.map((page) => ({
      page,
      output: '',
      jpeg: folder.path(`roomy-${page}.jpg`),
    }));
    return makePages({ ...chosen, file: own, name: 'scan.tif' }, targets, places);
  };
  expect(await makeIn(false)).toHaveLength(WIDTHS.length);
  expect(told.splice(0)).toEqual([`asked ${many.length}`]);
  expect(await makeIn(true)).toHaveLength(WIDTHS.length);
  expect(told).toEqual([`asked ${many.length}`, `filled ${many.length}`, 'released']);
});

it('copies no TIFF if walking past its pages costs less', async () => {
  const path = await folder.write('large.tif', makeTiff(noise(256), noise(200)));
  const { copies, widths } = await makeAll(path);
  expect({ widths, copies }).toEqual({ widths: [256, 200], copies: [] });
});
