import { readdirSync, readFileSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../../../../src/lib/collection/failure.ts';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { ComparisonRequest, JpegRequest } from '../../../../../src/lib/convert/messages.ts';
import { openPage, pageRequestFor } from '../../../../../src/lib/convert/open-page.ts';
import type { ConversionPlan } from '../../../../../src/lib/convert/plan/plan.ts';
import type { Reader } from '../../../../../src/lib/convert/plan/reader-table.ts';
import { defaultLikenessBounds } from '../../../../../src/lib/convert/verify/likeness.ts';
import { ArkeError } from '../../../../../src/lib/errors.ts';
import { pid, signalChild, useConverters } from '../../../../support/converters.ts';
import { soundPages } from '../../../../support/decoder-pages.ts';
import { pictureWith } from '../../../../support/described-tiff.ts';
import { primaries, workingIcc } from '../../../../support/icc.ts';
import { lastSegmentLast } from '../../../../support/last-segment-last.ts';
import { faxPage, faxRows } from '../../../../support/make-fax.ts';
import { noisyTiff, plainTiff, raw } from '../../../../support/pictures.ts';
import { childrenOf, cpuSecondsOf, isRunning } from '../../../../support/processes.ts';
import { makeTiff, makeTiffAs } from '../../../../support/tiff-writer.ts';
import { until } from '../../../../support/until.ts';

const { folder, withConverter, convert } = useConverters();
let small: string;
let large: string;
beforeAll(async () => {
  small = await folder.write('small.tif', await plainTiff());
  // Under way long enough for something to happen to it.
  large = await folder.write('large.tif', await noisyTiff(3000));
});

/** What is asked for of the small TIFF, wrong in some way or not. */
async function jpegOf(
  reader: Reader,
  differs: { readonly encoder?: undefined; readonly page?: object } = {},
): Promise<JpegRequest> {
  const opened = await openPage(small, {});
  const output = folder.path('out.jpg');
  const request = pageRequestFor(opened, defaultEncoderSettings, { output });
  const page = { ...request.page, ...differs.page };
  const plan = { effort: 'fast', turn: 'none', reading: { reader, feature: '' } };
  return { kind: 'jpeg', ...request, ...plan, ...differs, page } as JpegRequest;
}

/** A comparison of the small TIFF with a JPEG. */
async function comparison(): Promise<ComparisonRequest> {
  const jpeg = await folder.write('small.jpg', await raw(64, 48, 3).jpeg().toBuffer());
  const request = pageRequestFor(await openPage(small, {}), defaultEncoderSettings, { jpeg });
  const bounds = defaultLikenessBounds;
  return { kind: 'comparison', ...request, turn: 'none', jpegName: 'small.jpg', bounds };
}

describe('the conversion process', () => {
  it('reports the versions of what makes the pixels', () =>
    withConverter(async (converter) => {
      expect(await converter.versions()).toMatch(/^sharp\/\S+ vips\/\S+ mozjpeg\/\S+$/);
    }));

  it('is killed first when memory runs out, and has nothing of this process’s environment', () => {
    process.env['SOME_SECRET'] = 'hunter2';
    return withConverter(async () => {
      expect(readFileSync(`/proc/${pid()}/oom_score_adj`, 'utf8').trim()).toBe('1000');
      const names = readFileSync(`/proc/${pid()}/environ`, 'utf8')
        .split('\0')
        .map((line) => line.split('=')[0])
        // Node's own: the channel to the parent, and where coverage of tests goes.
        .filter((name) => name && !/^NODE_(CHANNEL|V8_COVERAGE)/.test(name));
      expect(names.sort()).toEqual(['MALLOC_ARENA_MAX', 'TMPDIR']);
    });
  });

  it('converts one TIFF after the other', () =>
    withConverter(async (converter) => {
      const first = pid();
      const { peakBytes, cpuSeconds } = await convert(small, converter);
      await convert(small, converter);
      expect(pid()).toBe(first);
      expect(peakBytes).toBeGreaterThan(40e6);
      expect(cpuSeconds).toBeGreaterThan(0);
    }));

  it('is replaced silently when it was killed while idle', () =>
    withConverter(async (converter) => {
      const first = signalChild('SIGKILL') ?? Number.NaN;
      await until(() => !isRunning(first));
      await convert(small, converter);
      expect(pid()).toBeDefined();
    }));

  it('is replaced after a TIFF that it could not read: a decoder that stopped midway may have left anything', () =>
    withConverter(async (converter) => {
      // Samples come first in this file, and Deflate's cannot begin like that.
      const bytes = (await raw(64, 64, 3).tiff({ compression: 'deflate' }).toBuffer()).fill(
        9,
        8,
        40,
      );
      const broken = await folder.write('broken.tif', bytes);
      const first = pid();
      await expect(convert(broken, converter)).rejects.toMatchObject({ code: 'UNREADABLE_TIFF' });
      expect((await convert(small, converter)).width).toBe(64);
      expect(pid()).not.toBe(first);
    }));

  it.each<[string, () => Promise<Buffer>, string]>([
    [
      'whose checksum is cut off',
      async () => {
        const tiff = raw(64, 64, 1).toColourspace('b-w').tiff({ compression: 'deflate' });
        return lastSegmentLast(await tiff.toBuffer()).subarray(0, -2);
      },
      'CHECKSUM_MISSING',
    ],
    [
      'that lacks rows',
      async () => makeTiff(faxPage(faxRows(64, 300), { coding: 'group 4', missing: 3 })),
      'FAX_ROWS_MISSING',
    ],
    [
      'whose profile the decoder warns of',
      async () => {
        const icc = workingIcc({ gamma: 2.2, rgb: primaries.adobe });
        // Its curves are of a type that nobody knows.
        for (let at = icc.indexOf('curv'); at >= 0; at = icc.indexOf('curv')) icc.write('none', at);
        return makeTiff({ ...pictureWith(), icc });
      },
      'DECODER_WARNING',
    ],
    [
      'that breaks the specification',
      async () =>
        makeTiffAs({}, pictureWith({ tag: 305, type: 2, values: [...Buffer.from('no end')] })),
      'WARNINGS_FORGIVEN',
    ],
  ])('is replaced after a TIFF %s, although that was read', async (_, tiff, code) =>
    withConverter(async (converter) => {
      const damaged = await folder.write('damaged.tif', await tiff());
      const first = pid();
      expect((await convert(damaged, converter)).notes.map((note) => note.code)).toContain(code);
      expect((await convert(small, converter)).width).toBe(64);
      expect(pid()).not.toBe(first);
    }),
  );

  it.each([
    ['is another one where it holds more than its next request is predicted to take', 1, false],
    ['stays where it holds as much as its next request is predicted to take', 0, true],
  ])('%s', (_, more, stays) =>
    withConverter(async (converter) => {
      const request = await jpegOf('sharp');
      await converter.convert(request);
      const first = pid();
      await converter.convert(request, { memoryBytes: converter.heldBytes() - more });
      expect(pid() === first).toBe(stays);
    }),
  );

  it('tells what it holds: when it is ready, after each request, and nothing once it is gone', () =>
    withConverter(async (converter) => {
      const resident = () =>
        Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid()}/status`, 'utf8'))?.[1]) * 1024;
      const isNear = (bytes: number) => Math.abs(bytes / resident() - 1) < 0.25;
      expect(converter.heldBytes()).toSatisfy(isNear);
      const ready = converter.heldBytes();
      await converter.convert(await jpegOf('sharp'));
      expect(converter.heldBytes()).toSatisfy(isNear);
      expect(converter.heldBytes()).not.toBe(ready);
      await converter.close();
      expect(converter.heldBytes()).toBe(0);
    }));

  it('ends with its parent, however that ends, and in the middle of its work', async () => {
    const script = `
      import { openConverter } from './src/lib/convert/process/converter.ts';
      import { convertInPlace } from './src/lib/convert/convert-in-place.ts';
      const converter = openConverter(${JSON.stringify(folder.root)});
      await converter.versions();
      process.stdout.write('ready');
      await convertInPlace(${JSON.stringify(large)}, ${JSON.stringify(folder.path('never.jpg'))}, { converter });`;
    const parent = execa(process.execPath, ['--input-type=module', '--eval', script], {
      reject: false,
    });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const [child = 0] = childrenOf(parent.pid ?? 0, 'child.');
    expect(isRunning(child)).toBe(true);
    parent.kill('SIGKILL');
    await parent;
    await until(() => !isRunning(child));
  });
});

describe('the thread of the decoders', () => {
  /** Ids of the threads of that kind in the process. */
  const threads = () =>
    readdirSync(`/proc/${pid()}/task`).filter(
      (id) => readFileSync(`/proc/${pid()}/task/${id}/comm`, 'utf8') === 'WorkerThread\n',
    );

  /** What is asked for of a TIFF that our own reader reads. */
  async function jpegOfSamples(): Promise<JpegRequest> {
    const [page] = await soundPages();
    const opened = await openPage(await folder.write('samples.tif', page?.tiff ?? ''), {});
    const output = folder.path('out.jpg');
    const request = pageRequestFor(opened, defaultEncoderSettings, { output });
    return { kind: 'jpeg', ...request, effort: 'fast', turn: 'none' };
  }

  it('is kept from one TIFF to the next', () =>
    withConverter(async (converter) => {
      const request = await jpegOfSamples();
      // All that it may hold, whatever the sources of this test take in it.
      const watch = { memoryBytes: 2 ** 40, mayHold: 2 ** 40 };
      await converter.convert(request, watch);
      const [thread] = threads();
      await converter.convert(request, watch);
      expect(thread).toBeDefined();
      expect(threads()).toEqual([thread]);
    }));

  it('ends before the JPEG is made if the process would hold too much', () =>
    withConverter(async (converter) => {
      await converter.convert(await jpegOfSamples(), { mayHold: 1 });
      expect(threads()).toEqual([]);
    }));
});

describe('a fault of our own code', () => {
  it.each([
    ['in the process', 'sharp', { encoder: undefined }],
    ['in the thread of the decoders', 'samples', { page: { bitsPerSample: undefined } }],
  ] as const)('%s is not blamed on the TIFF', (_, reader, wrong) =>
    withConverter(async (converter) => {
      const request = await jpegOf(reader, wrong);
      const error: unknown = await converter.convert(request).catch((thrown) => thrown);
      expect(error).not.toBeInstanceOf(ArkeError);
      expect(failureOf(error)).toEqual({
        code: 'UNEXPECTED',
        message: expect.stringMatching(
          /^The conversion of "small.tif" failed because of a bug in arke-tiff: TypeError: .*\(unexpected; report it\)$/,
        ),
      });
      expect((error as Error).stack).toMatch(/^TypeError: .*\n +at /);
      expect((await convert(small, converter)).width).toBe(64);
    }),
  );
});

describe('a JPEG', () => {
  it('is never written through a link in its place', () =>
    withConverter(async (converter) => {
      const theirs = await folder.write('theirs', 'theirs');
      const request = await jpegOf('sharp');
      const output = folder.path('linked.jpg');
      await symlink(theirs, output);
      const paths = { ...request.paths, output };
      await expect(converter.convert({ ...request, paths })).rejects.toMatchObject({
        code: 'WRITE_FAILED',
        message: expect.stringMatching(
          /something else was put in its place \(it is a symbolic link, which is not followed\)\. Check who can write/,
        ),
      });
      expect(await readFile(theirs, 'utf8')).toBe('theirs');
    }));
});

describe('a process that may not open any more files', () => {
  it.each(['sharp', 'samples', 'magick', 'a comparison'] as const)(
    'says so, and does not blame the TIFF or the JPEG: %s',
    (reader) =>
      withConverter(async (converter) => {
        const request = reader === 'a comparison' ? await comparison() : await jpegOf(reader);
        const child = pid() ?? Number.NaN;
        const open = new Set(readdirSync(`/proc/${child}/fd`).map(Number));
        // The limit is on the numbers of files, the lowest that is free is taken, and others may be
        // in use beyond it.
        const free = [...Array(open.size + 1).keys()].find((number) => !open.has(number));
        await execa('prlimit', [`--pid=${child}`, `--nofile=${free}`]);
        await expect(converter.convert(request)).rejects.toMatchObject({
          code: 'CRASHED',
          message: expect.stringContaining(
            'too many open files (EMFILE). Raise the limit (ulimit -n), or convert fewer TIFFs at once.',
          ),
        });
        // Another one has the limit of this process.
        expect((await convert(small, converter)).width).toBe(64);
      }),
  );
});

describe('a conversion that will be late', () => {
  it('is done again with effort fast within the time left', () =>
    withConverter(async (converter) => {
      // Some five seconds of work, or one as fast.
      const slow = await folder.write('slow.tif', await noisyTiff(6000));
      const replans: string[] = [];
      let planned: ConversionPlan | undefined;
      let begun = { ms: 0, cpu: 0 };
      const child = pid() ?? Number.NaN;
      // Whatever the machine gives it: two thirds of the time that it still needs.
      const secondsLeft = () => {
        if (!planned || !isRunning(child)) return 1_000;
        const used = cpuSecondsOf(child) - begun.cpu;
        const rate = used / ((performance.now() - begun.ms) / 1000);
        return ((planned.cpuSeconds - used) / rate) * (2 / 3);
      };
      const { plan } = await convert(slow, converter, {
        budget: { cpuSeconds: () => 1_000, secondsLeft },
        onPlan: (made: ConversionPlan) => {
          planned ??= made;
          begun = { ms: performance.now(), cpu: cpuSecondsOf(child) };
        },
        onReplan: ({ code, message }: { code: string; message: string }) =>
          replans.push(`${code}: ${message}`),
      });
      expect(replans).toEqual([
        expect.stringMatching(/^TOO_SLOW: .*would not have finished in time/),
      ]);
      expect(plan).toMatchObject({ effort: 'fast', reason: 'max was too slow' });
    }));
});
