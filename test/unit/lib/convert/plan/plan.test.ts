import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { TiffPage } from '../../../../../src/lib/convert/header/tiff-header.ts';
import {
  choosePlan,
  type Limits,
  planConversion,
  pricePage,
} from '../../../../../src/lib/convert/plan/plan.ts';
import { readable } from '../../../../../src/lib/convert/plan/readable.ts';
import { optionNames, taskNames } from '../../../../../src/lib/convert/setting-names.ts';
import { fileOfPage, pageOf, stripsOf } from '../../../../support/pages.ts';

const MB = 1024 * 1024;
/** A machine of the contract's kind, with its burst of CPU unused. */
const machine: Limits = {
  memoryBytes: 800 * MB,
  cpuSeconds: 14,
  seconds: 34,
  diskBytes: 7_000 * MB,
};
const plan = (page: TiffPage, limits: Partial<Limits> = {}, settings = {}) =>
  planConversion(
    readable(page, fileOfPage(page)),
    { ...machine, ...limits },
    { ...defaultEncoderSettings, ...settings },
  );

const oneStrip = (megapixels: number, compression: number) => {
  const page = pageOf(megapixels);
  return { ...page, compression, segments: stripsOf(page.width, page.height, page.height) };
};

describe('the plan', () => {
  it.each([
    ['10 MP', pageOf(10), {}, 'max', 'none', 'it fits'],
    ['60 MP', pageOf(60), {}, 'max', 'none', 'it fits'],
    ['100 MP', pageOf(100), { cpuSeconds: 60 }, 'balanced', 'none', /^max needs \d+ of 800 MB$/],
    ['120 MP', pageOf(120), {}, 'fast', 'none', /^balanced needs \d+ of 800 MB$/],
    ['500 MP', pageOf(500), {}, 'fast', 'none', /^balanced needs/],
    [
      'little CPU',
      pageOf(60),
      { cpuSeconds: 8 },
      'balanced',
      'none',
      /^max needs .* of 8\.0 CPU-s$/,
    ],
    [
      'less CPU',
      pageOf(60),
      { cpuSeconds: 5 },
      'fast',
      'none',
      /^balanced needs .* of 5\.0 CPU-s$/,
    ],
    ['little time', pageOf(60), { seconds: 5, cpuSeconds: 60 }, 'fast', 'none', /of 5\.0 CPU-s$/],
    ['no time', pageOf(60), { seconds: 0.1 }, 'fast', 'none', /^it may not be done in time, but/],
    [
      'none at all',
      pageOf(60),
      { seconds: 0 },
      'fast',
      'none',
      /: \d+\.\d CPU-s, and no time is left$/,
    ],
    ['less memory', pageOf(60), { memoryBytes: 400 * MB }, 'fast', 'none', /of 400 MB$/],
  ])('for %s: %#', (_, page, limits, effort, turn, reason) => {
    const made = plan(page, limits);
    expect(made).toMatchObject({ effort, turn, reason: expect.stringMatching(reason) });
  });

  it.each([
    ['turned in memory where that fits', 30, {}, 'max', 'memory'],
    ['turned on disk rather than made with less effort', 80, { cpuSeconds: 60 }, 'max', 'disk'],
    ['turned on disk in constant memory', 500, { cpuSeconds: 60 }, 'fast', 'disk'],
    [
      'turned by a tag where there is no room on the disk',
      500,
      { diskBytes: 99 * MB },
      'fast',
      'tag',
    ],
    [
      'turned all the same where there is too little time',
      100,
      { cpuSeconds: 1 },
      'fast',
      'memory',
    ],
    ['not turned by a tag where memory is enough', 30, { diskBytes: 0 }, 'max', 'memory'],
  ])('turns a picture that lies on its side %s', (_, megapixels, limits, effort, turn) => {
    expect(plan(pageOf(megapixels, { orientation: 6 }), limits)).toMatchObject({ effort, turn });
  });

  it.each([1, 6])(
    'is chosen from prices that are made once, whatever becomes of limits and effort (orientation %i)',
    (orientation) => {
      const page = pageOf(80, { orientation });
      const priced = pricePage(readable(page, fileOfPage(page)), defaultEncoderSettings);
      for (const limits of [{}, { cpuSeconds: 60 }, { memoryBytes: 420 * MB }, { seconds: 0 }])
        for (const effort of ['auto', 'fast'] as const)
          expect(choosePlan(priced, { ...machine, ...limits }, effort)).toEqual(
            plan(page, limits, { effort }),
          );
    },
  );

  it('never changes an explicit effort', () => {
    expect(plan(pageOf(10), {}, { effort: 'fast' })).toMatchObject({ effort: 'fast' });
    expect(plan(pageOf(60), { cpuSeconds: 1 }, { effort: 'max' })).toMatchObject({
      effort: 'max',
      reason: expect.stringContaining('may not be done in time'),
    });
  });

  it('counts a compressed strip as held in memory, and an uncompressed one as read by rows', () => {
    expect(() => plan(oneStrip(300, 5))).toThrow(
      /^Out of memory while converting "x.tif": 300\.0 MP/,
    );
    expect(plan(oneStrip(500, 1))).toMatchObject({ effort: 'fast' });
    expect(plan(oneStrip(200, 8))).toMatchObject({ effort: 'fast' });
  });

  it('counts a picture that is blended here as held in memory', () => {
    const page = pageOf(150, { samplesPerPixel: 5, extraSamples: [2, 0] });
    expect(() => plan(page)).toThrow('Out of memory');
    expect(plan({ ...page, extraSamples: [2], samplesPerPixel: 4 })).toMatchObject({
      effort: 'fast',
    });
  });

  it('is refused if the colours are unknown, whatever the compression', () => {
    for (const compression of [1, 5, 6, 7])
      expect(() => plan(pageOf(60, { compression, photometric: undefined }))).toThrow(
        /^"x\.tif" has no PhotometricInterpretation tag, which arke-tiff cannot decode/,
      );
  });

  it('is refused if no decoder supports the header', () => {
    const absurd = { samplesPerPixel: 4e9, bitsPerSample: [8, 8, 8] };
    expect(() => plan(pageOf(1, absurd))).toThrow(
      '"x.tif" has 4000000000 samples of 8 bits a pixel, more than arke-tiff can decode',
    );
  });

  it('is refused if there are no pixels', () => {
    expect(() => plan({ ...pageOf(1), height: 0 })).toThrow(
      /^"x\.tif" is damaged: it has no pixels \(\d+ × 0\)\. Check where it came from\.$/,
    );
  });
});

describe('a refusal', () => {
  it('names what is needed, what there is, and what to do', () => {
    expect(() => plan(pageOf(60), { memoryBytes: 50 * MB })).toThrow(
      /^Out of memory while converting "x\.tif": 60\.0 MP need about \d+ MB, limit 50 MB\. Raise MEMORY_LIMIT_MB where it is set, or use a machine with more memory\.$/,
    );
  });

  it('says that less effort may do where more was asked for', () => {
    const refused = () => plan(pageOf(200), {}, { effort: 'max' });
    expect(refused).toThrow(/--effort auto may need less\.$/);
    expect(refused).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  });

  it.each([
    [
      'a task',
      taskNames,
      "Raise memory_mb in the orchestrator's machine configuration, or MEMORY_LIMIT_MB where it is set. JPEG_EFFORT=auto may need less.",
    ],
    [
      'the library',
      optionNames,
      "Raise memoryBytes where it is set, or use a machine with more memory. effort: 'auto' may need less.",
    ],
  ])('names what can be changed by the user of %s', (_, names, remedy) => {
    const refused = () => plan(pageOf(60), { memoryBytes: 50 * MB, names }, { effort: 'max' });
    expect(refused).toThrow(`limit 50 MB. ${remedy}`);
  });

  it.each([
    [1000, '1000 bytes'],
    [0, '0 bytes'],
    [1.9 * MB, '1 MB'],
  ])('never shows more memory than there is: %s', (memoryBytes, shown) => {
    expect(() => plan(pageOf(60), { memoryBytes })).toThrow(`limit ${shown}. `);
  });

  const rewritten = (differs = {}) => pageOf(24, { compression: 6, photometric: 6, ...differs });

  it.each([
    ['upright', 1],
    ['on its side', 6],
  ])('names the disk if a page that is rewritten has no room there: %s', (_, orientation) => {
    const refused = () => plan(rewritten({ orientation }), { diskBytes: 20 * MB });
    expect(refused).toThrow(
      /^Converting "x\.tif" needs about 69 MB of disk for temporary files, but only 20 MB are free\. Free some space there, or set TMPDIR/,
    );
    expect(refused).toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
  });

  it('names memory if that is short, too', () => {
    const refused = () => plan(rewritten(), { diskBytes: 20 * MB, memoryBytes: 300 * MB });
    expect(refused).toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  });

  it('comes before any decoding when no JPEG can hold the picture', () => {
    expect(() => plan(pageOf(1, { width: 65_536, height: 1 }))).toThrow('65536 × 1 pixels');
    expect(plan(pageOf(1, { width: 65_535, height: 1 }))).toMatchObject({ effort: 'max' });
    const wide = pageOf(1, { width: 100_000, height: 1 });
    expect(plan(wide, {}, { maxSize: 2000 })).toMatchObject({ effort: 'max' });
  });
});

describe('the plan of a smaller copy', () => {
  it('takes a better effort where the full picture has no room for it', () => {
    expect(plan(pageOf(500))).toMatchObject({ effort: 'fast' });
    const small = plan(pageOf(500), {}, { maxSize: 2000 });
    expect(small).toMatchObject({ effort: 'max', reason: 'it fits' });
    expect(small.cpuSeconds).toBeLessThan(plan(pageOf(500)).cpuSeconds * 2);
  });

  it('turns in memory where the full picture is turned on disk', () => {
    const page = pageOf(400, { orientation: 6 });
    expect(plan(page)).toMatchObject({ turn: 'disk' });
    expect(plan(page, {}, { maxSize: 2000 })).toMatchObject({ turn: 'memory' });
  });

  it('is that of the full picture where this is no larger', () => {
    expect(plan(pageOf(10), {}, { maxSize: 10_000 })).toEqual(plan(pageOf(10)));
  });

  it('needs disk for pixels without their extra samples', () => {
    const page = pageOf(10, { samplesPerPixel: 4, extraSamples: [0] });
    const refused = () => plan(page, { diskBytes: 10 * MB }, { maxSize: 400 });
    expect(refused).toThrow(/needs about 58 MB of disk/);
    expect(plan(page, { diskBytes: 10 * MB })).toMatchObject({ effort: 'max' });
  });
});
