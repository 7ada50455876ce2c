/**
 * Measures peak memory and CPU of conversions of every kind and writes them to bench/calibration.json,
 * to which the models in src/lib/convert are fitted (docs/reliability.md, "The memory model").
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Case, calibrationCases, measure } from './calibration.ts';

const file = fileURLToPath(new URL('calibration.json', import.meta.url));
const wanted = process.argv[2] ?? '';
const folder = await mkdtemp(join(tmpdir(), 'arke-tiff-calibrate-'));
try {
  const measured: Case[] = [];
  for (const one of calibrationCases().filter(({ tiff }) => tiff.includes(wanted))) {
    const made = await measure(one, folder);
    measured.push(made);
    const { tiff, effort, turn, chroma, peakMB, predictedMB, cpuSeconds, predictedCpu } = made;
    console.log(
      `${tiff} ${effort} ${turn} ${chroma}: ${peakMB} MB (predicted ${predictedMB}), ${cpuSeconds} CPU-s (predicted ${predictedCpu})`,
    );
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`;
  const lines = measured.map(({ predictedMB: _, predictedCpu: __, ...kept }) =>
    JSON.stringify(kept),
  );
  if (!wanted)
    await writeFile(
      file,
      `{\n"machine": ${JSON.stringify(machine)},\n"cases": [\n${lines.join(',\n')}\n]\n}\n`,
    );
} finally {
  await rm(folder, { recursive: true, force: true });
}
