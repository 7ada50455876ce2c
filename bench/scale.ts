/**
 * Runs many tasks at once as processes of their own on this machine, then reckons from what one of
 * them takes how thousands fare on Fly's (docs/performance.md, "Many tasks"). Linux only.
 *
 *   npm run bench:scale              # measures and simulates, about ten minutes and 3 GB of disk
 *   npm run bench:scale -- 1 10      # only so many at once, kept nowhere; simulates only with 1
 *   npm run bench:scale -- 40 --timeout 50   # the same with this TASK_TIMEOUT_MS, in seconds
 *
 * The simulation alone, from what was measured last: npm run bench:simulate.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/lib/sandbox/sandbox.ts';
import { measureLevels } from './scale/levels.ts';
import {
  describeMachine,
  levelTable,
  type ScaleMeasurements,
  writeMeasurements,
} from './scale/measurements.ts';
import { raisePriority } from './scale/tasks.ts';
import { type Simulated, simulateAll, simulationTable } from './simulation/scenarios.ts';
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
    return { machine: describeMachine(), ...levels };
  } finally {
    await sandbox.stop();
  }
}

function simulationText(simulation: readonly Simulated[]): string {
  if (simulation.length > 0) return simulationTable(simulation);
  return 'Nothing was simulated, as no task had the machine to itself; npm run bench:simulate takes those measured last.';
}

await inWorkFolder('scale', async (folder) => {
  const measured = await measure(folder);
  if (wanted.counts.length === 0) await writeMeasurements(measured);
  const { machine, levels, samples } = measured;
  // It draws from tasks that had the machine to themselves; without any there is nothing to draw from.
  const simulation = samples.length > 0 ? simulateAll(samples) : [];
  if (values.json) console.log(JSON.stringify({ ...measured, simulation }, null, 2));
  else console.log([machine, levelTable(levels), simulationText(simulation)].join('\n\n'));
});
