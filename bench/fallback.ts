/**
 * Measures peak memory and CPU of conversions whose pages our own reader of samples writes anew,
 * and writes them to bench/fallback.json, to which its models in src/lib/convert/plan/rewriting.ts
 * are fitted.
 *
 *   npm run bench:fallback           # all of it, some minutes
 *   npm run bench:fallback -- tiles  # only what has this in its name, written nowhere
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import {
  fallbackFile,
  fallbackSpecs,
  type MeasuredFallback,
  measureFallback,
  predictFallback,
} from './fallback-cases.ts';
import { sampledName } from './make-sampled-tiff.ts';
import { inWorkFolder } from './work-folder.ts';

const wanted = process.argv[2] ?? '';
const cases: MeasuredFallback[] = [];
await inWorkFolder('fallback', async (folder) => {
  for (const spec of fallbackSpecs.filter((one) => sampledName(one).includes(wanted))) {
    const one = await measureFallback(spec, folder);
    cases.push(one);
    const predicted = predictFallback(one.page);
    const memory = `${one.peakMB} MB (predicted ${predicted.memoryMB.toFixed(0)})`;
    console.log(
      `${one.tiff}: ${memory}, ${one.cpuSeconds} CPU-s (predicted ${predicted.cpuSeconds.toFixed(2)})`,
    );
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`;
  const lines = cases.map((one) => JSON.stringify(one)).join(',\n');
  if (!wanted)
    await writeFile(
      fallbackFile,
      `{"machine": ${JSON.stringify(machine)},\n"cases": [\n${lines}\n]}\n`,
    );
});
