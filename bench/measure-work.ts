/** All runs of a work: both workers in turn, so that what disturbs one disturbs the other. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startDelayProxy } from './delay-proxy.ts';
import type { SampledSpec } from './make-sampled-tiff.ts';
import { type Bench, runWork, type Side } from './run-work.ts';
import type { Sample } from './sample.ts';
import type { TiffSpec } from './tiff-spec.ts';
import type { Work } from './works.ts';

/** The runs of each worker, in order. */
export type Samples = Readonly<Partial<Record<Side, readonly Sample[]>>>;

const drawing = fileURLToPath(new URL('./draw-tiff.ts', import.meta.url));

/** Draws a TIFF in another process. */
export async function drawTiff(path: string, spec: TiffSpec | SampledSpec): Promise<void> {
  await promisify(execFile)(process.execPath, [drawing, path, JSON.stringify(spec)]);
}

/**
 * Runs the work by each side that often, after one run of each that does not count: it fills
 * caches, of the system and of compiled code, as an image has them filled.
 *
 * @param bench what all works have in common; the proxies are the work's own
 */
export async function measureWork(
  bench: Omit<Bench, 'r2' | 'orchestrator'>,
  work: Work,
  { runs, sides }: { runs: number; sides: readonly Side[] },
): Promise<Samples> {
  const { sandbox, folder } = bench;
  const key = `bench/${work.name}.tif`;
  await using r2 = await startDelayProxy(sandbox.endpoint, work.link);
  await using orchestrator = await startDelayProxy(sandbox.url, { delayMs: work.link.delayMs });
  if (work.tiff) {
    const path = join(folder, `${work.name}.tif`);
    await drawTiff(path, work.tiff);
    await sandbox.putObject(key, await readFile(path));
    await rm(path);
  }
  const samples = new Map<Side, Sample[]>(sides.map((side) => [side, []]));
  for (let run = 0; run <= runs; run++)
    for (const side of sides) {
      const sample = await runWork({ ...bench, r2, orchestrator }, work, { side, run, key });
      if (run > 0) samples.get(side)?.push(sample);
    }
  await sandbox.deleteObject(key);
  return Object.fromEntries(samples);
}
