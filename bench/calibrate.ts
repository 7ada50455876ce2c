/**
 * Measures peak memory and CPU of conversions of every kind and writes them to
 * bench/calibration.json, to which the models in src/lib/convert are fitted (docs/reliability.md,
 * "The memory model").
 *
 *   npm run bench:calibrate             # all of it, about ten minutes
 *   npm run bench:calibrate -- missing  # what has not been measured yet, beside what has
 *   npm run bench:calibrate -- cmyk     # only what has this in its name, written nowhere
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { TiffPage } from '../src/lib/convert/header/tiff-header.ts';
import {
  calibrationCases,
  calibrationFile,
  type MeasuredCase,
  measure,
  nameOfCase,
  type PlannedCase,
  predict,
  readCalibration,
} from './calibration.ts';
import { inWorkFolder } from './work-folder.ts';

const wanted = process.argv[2] ?? '';
const pages: Record<string, TiffPage> = {};
const cases: MeasuredCase[] = [];

function print(one: MeasuredCase, page: TiffPage) {
  const { effort, turn, chroma, peakMB, cpuSeconds } = one;
  const predicted = predict(page, one);
  const memory = `${peakMB} MB (predicted ${predicted.memoryMB.toFixed(0)})`;
  const cpu = `${cpuSeconds} CPU-s (predicted ${predicted.cpuSeconds.toFixed(2)})`;
  console.log(`${nameOfCase(one)} ${effort} ${turn} ${chroma}: ${memory}, ${cpu}`);
}

/** A case a line, so that a change of one shows as one. */
function toJson(): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`;
  const lines = (values: readonly string[]) => `\n${values.join(',\n')}\n`;
  const tiffs = Object.entries(pages).map(([k, page]) => `"${k}": ${JSON.stringify(page)}`);
  const measured = cases.map((one) => JSON.stringify(one));
  return `{"machine": ${JSON.stringify(machine)},\n"pages": {${lines(tiffs)}},\n"cases": [${lines(measured)}]}\n`;
}

/** What was measured before, if that is kept. */
const before = wanted === 'missing' ? await readCalibration() : undefined;
const isSame = (a: PlannedCase, b: PlannedCase) =>
  nameOfCase(a) === nameOfCase(b) &&
  a.effort === b.effort &&
  a.turn === b.turn &&
  a.chroma === b.chroma;

await inWorkFolder('calibrate', async (folder) => {
  const chosen = calibrationCases().filter(({ tiff }) => before || tiff.includes(wanted));
  for (const planned of chosen) {
    const kept = before?.cases.find((one) => isSame(one, planned));
    const known = before?.pages[planned.tiff];
    const { page, measured } =
      kept && known ? { page: known, measured: kept } : await measure(planned, folder);
    pages[planned.tiff] = page;
    cases.push(measured);
    print(measured, page);
  }
  if (!wanted || before) await writeFile(calibrationFile, toJson());
});
