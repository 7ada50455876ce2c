/**
 * Runs many tasks at once as processes of their own on this machine (docs/performance.md, "Many
 * tasks"). Linux only.
 *
 *   npm run bench:scale              # about ten minutes and 3 GB of disk
 *   npm run bench:scale -- 1 10      # only so many at once, kept nowhere
 *   npm run bench:scale -- 40 --timeout 50   # the same with this TASK_TIMEOUT_MS, in seconds
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/dev/sandbox/sandbox.ts';
import { measureLevels } from './scale/levels.ts';
import {
  describeMachine,
  levelTable,
  type ScaleMeasurements,
  writeMeasurements,
} from './scale/measurements.ts';
import { raisePriority } from './scale/tasks.ts';
import { inWorkFolder } from './work-folder.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, timeout: { type: 'string' } },
});
const wanted = {
  counts: positionals.map(Number),
  timeoutMs: values.timeout === undefined ? undefined : Number(values.timeout) * 1000,
};
raisePriority();

async function measure(folder: string): Promise<ScaleMeasurements> {
  const sandbox = await startSandbox({ persistTo: join(folder, 'r2') });
  try {
    const levels = await measureLevels(sandbox, folder, wanted, (line) => console.error(line));
    return { machine: describeMachine(), levels };
  } finally {
    await sandbox.stop();
  }
}

await inWorkFolder('scale', async (folder) => {
  const measured = await measure(folder);
  if (wanted.counts.length === 0) await writeMeasurements(measured);
  const { machine, levels } = measured;
  console.log(
    values.json ? JSON.stringify(measured, null, 2) : `${machine}\n\n${levelTable(levels)}`,
  );
});
