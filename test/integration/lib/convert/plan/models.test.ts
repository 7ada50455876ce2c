import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  calibrationCases,
  measure,
  nameOfCase,
  noisy,
  type PlannedCase,
  predict,
  readCalibration,
} from '../../../../../bench/calibration.ts';
import {
  fallbackSpecs,
  measureFallback,
  predictFallback,
  readFallback,
} from '../../../../../bench/fallback-cases.ts';
import { sampledName } from '../../../../../bench/make-sampled-tiff.ts';
import { nameOf as nameOfTiff } from '../../../../../bench/tiff-spec.ts';
import {
  readTiffHeader,
  type TiffPage,
} from '../../../../../src/lib/convert/header/tiff-header.ts';
import { openConverter } from '../../../../../src/lib/convert/process/converter.ts';

const { machine, pages, cases } = await readCalibration();
const pageFor = ({ tiff }: PlannedCase): TiffPage => {
  const page = pages[tiff];
  if (!page) throw new Error(`bench/calibration.json has no page for ${tiff}`);
  return page;
};
const fallback = await readFallback();
const nameOf = (one: PlannedCase) =>
  `${nameOfCase(one)}, ${one.effort}, turn ${one.turn}, ${one.chroma}`;

/** What issue and docs promise of the memory model: never too little, and not far too much. */
function expectToHold(predictedMB: number, measuredMB: number): void {
  expect(predictedMB, 'predicted, MB').toBeGreaterThanOrEqual(measuredMB);
  expect(predictedMB, 'predicted, MB').toBeLessThanOrEqual(1.5 * measuredMB + 60);
}

describe('the recorded measurements', () => {
  it('are those of all cases, in order', () => {
    expect(cases.map(nameOf)).toEqual(calibrationCases().map(nameOf));
    expect(fallback.cases.map(({ tiff }) => tiff)).toEqual(fallbackSpecs.map(sampledName));
  });
});

describe('the memory model', () => {
  it.each(cases.map((one) => [nameOf(one), one] as const))('holds for %s', (_, one) => {
    expectToHold(predict(pageFor(one), one).memoryMB, one.peakMB);
  });

  it.each(fallback.cases.map((one) => [one.tiff, one] as const))(
    'holds where our reader of samples comes first: %s',
    (_, one) => {
      expectToHold(predictFallback(one.page).memoryMB, one.peakMB);
    },
  );

  it('predicts more memory for more pixels, all else equal', () => {
    const [first] = cases;
    if (!first) throw new Error('no cases');
    const page = pageFor(first);
    // A copy of a higher picture is narrower.
    for (const one of cases.filter(({ maxSize }) => maxSize === undefined)) {
      const larger = { ...page, height: page.height * 2 };
      expect(predict(larger, one).memoryMB).toBeGreaterThanOrEqual(predict(page, one).memoryMB);
    }
  });
});

describe('the CPU model', () => {
  // A guide, no bound: seconds are worth what the machine makes of them. Measured in a quiet hour.
  it.each(cases.map((one) => [nameOf(one), one] as const))('is about right for %s', (_, one) => {
    const { cpuSeconds } = predict(pageFor(one), one);
    expect(cpuSeconds).toBeGreaterThan(one.cpuSeconds * 0.8);
    expect(cpuSeconds).toBeLessThan(one.cpuSeconds * 2 + 0.7);
  });
});

describe('the CPU model of our reader of samples', () => {
  it.each(fallback.cases.map((one) => [one.tiff, one] as const))(
    'is about right for %s',
    (_, one) => {
      const { cpuSeconds } = predictFallback(one.page);
      expect(cpuSeconds).toBeGreaterThan(one.cpuSeconds * 0.8);
      expect(cpuSeconds).toBeLessThan(one.cpuSeconds * 2 + 0.7);
    },
  );
});

describe('measured again', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arke-tiff-models-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['balanced', 'fast'] as const)(
    'the memory model holds on this machine: %s',
    async (effort) => {
      const chroma = '4:2:0' as const;
      const planned = { tiff: 'rgb8-lzw-strips-o1-24mp', effort, turn: 'none' as const, chroma };
      const { page, measured } = await measure(planned, folder);
      expectToHold(predict(page, planned).memoryMB, measured.peakMB);
      expect(page).toMatchObject({ ...pageFor(planned), segments: expect.anything() });
      expect(await readTiffHeader(join(folder, `${planned.tiff}.tif`))).toBeDefined();
    },
  );

  it('the memory model holds for a smaller copy', async () => {
    const planned = {
      tiff: 'rgb8-lzw-strips-o1-24mp',
      effort: 'max',
      turn: 'none',
      chroma: '4:2:0',
      maxSize: 2000,
    } as const;
    const { page, measured } = await measure(planned, folder);
    expectToHold(predict(page, planned).memoryMB, measured.peakMB);
  });

  it('the memory model holds where the whole picture is one progressive JPEG that is hardly compressed', async () => {
    const planned = { tiff: nameOfTiff(noisy), effort: 'fast', turn: 'none' } as const;
    const { page, measured } = await measure({ ...planned, chroma: '4:2:0' }, folder);
    expect(page.progressive).toBe(true);
    expectToHold(predict(page, { ...planned, chroma: '4:2:0' }).memoryMB, measured.peakMB);
  });

  it('the memory model of our reader of samples holds, for a second TIFF in the same process, too', async () => {
    const [spec] = fallbackSpecs.filter(
      (one) => sampledName(one) === 'float32x3-deflate-tiles-6mp',
    );
    if (!spec) throw new Error('no such case');
    const converter = openConverter(folder);
    try {
      const first = await measureFallback(spec, folder, converter);
      const second = await measureFallback(spec, folder, converter);
      expectToHold(predictFallback(first.page).memoryMB, first.peakMB);
      expect(second.peakMB).toBeLessThan(first.peakMB + 60);
    } finally {
      await converter.close();
    }
  });
});

describe('docs/measurements.md', () => {
  it('shows what was measured, and what the models say of it', async () => {
    const rows = cases.map((one) => {
      const { memoryMB, cpuSeconds } = predict(pageFor(one), one);
      const { effort, turn, chroma, peakMB } = one;
      return `| ${nameOfCase(one)} | ${effort} | ${turn} | ${chroma} | ${peakMB} | ${memoryMB.toFixed(0)} | ${one.cpuSeconds} | ${cpuSeconds.toFixed(2)} |`;
    });
    const rewritten = fallback.cases.map((one) => {
      const { memoryMB, cpuSeconds } = predictFallback(one.page);
      return `| ${one.tiff} | ${one.peakMB} | ${memoryMB.toFixed(0)} | ${one.cpuSeconds} | ${cpuSeconds.toFixed(2)} |`;
    });
    const page = `# Measurements

Every conversion that the models of memory and CPU are held against ([reliability.md](reliability.md), "The memory model"). Measured by \`npm run bench:calibrate\`, which writes \`bench/calibration.json\`; this page is written from that by \`npx vitest run test/integration/lib/convert/plan/models.test.ts -u\`, and a test fails when it is stale.

The name of a TIFF: kind and bits of its samples, compression, layout, orientation, what else there is to it, megapixels; with \`to 2000\`, a copy whose longer side has 2000 pixels (\`--max-size\`). Memory is the peak of the conversion process (VmHWM) in MB of 1024 × 1024 bytes. CPU seconds are those of the job, on ${machine}.

| TIFF | effort | turn | chroma | MB | predicted | CPU-s | predicted |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## Pages that our own reader of samples writes anew

Measured by \`npm run bench:fallback\`, which writes \`bench/fallback.json\`, with the effort \`fast\`, so that the encoder hides nothing; on ${fallback.machine}. The name of a TIFF: type and number of its samples, compression, layout, megapixels.

| TIFF | MB | predicted | CPU-s | predicted |
|---|---|---|---|---|
${rewritten.join('\n')}
`;
    await expect(page).toMatchFileSnapshot('../../../../../docs/measurements.md');
  });
});
