/**
 * Runs whole tasks on large TIFFs under a hard memory cap of 1 GB and two cores, as on the machine
 * of the contract, and prints what became of them (docs/reliability.md, "Under the cap"). Needs
 * root on Linux. The two last run with a quarter of a core, harsher than a throttled machine.
 *
 *   npm run bench:memory            # all of them, about ten minutes and 8 GB of disk
 *   npm run bench:memory -- 500mp   # those with this in their name
 */
import { join } from 'node:path';
import { startSandbox } from '../src/dev/sandbox/sandbox.ts';
import { noCapBecause, removeCaps } from '../test/support/memory-cap.ts';
import { cappedCases, describeCase, runCapped } from './capped-task.ts';
import { inWorkFolder } from './work-folder.ts';

const reason = noCapBecause();
if (reason) throw new Error(`No memory cap can be made here: ${reason}.`);
const wanted = process.argv[2] ?? '';
let failures = 0;

async function runAll(folder: string): Promise<void> {
  const sandbox = await startSandbox({ persistTo: join(folder, 'r2') });
  try {
    console.log('| TIFF | cores | outcome | plan | predicted | peak | whole group | CPU | total |');
    console.log('|---|---|---|---|---|---|---|---|---|');
    for (const one of cappedCases.filter((c) => describeCase(c).includes(wanted))) {
      const run = await runCapped(sandbox, one, folder);
      if (run.exitCode !== 0) failures++;
      console.log(run.row);
      if (run.exitCode !== 0) console.error(run.log);
    }
  } finally {
    await sandbox.stop();
  }
}

await inWorkFolder('memory', runAll, removeCaps);
if (failures > 0) throw new Error(`${failures} of the tasks failed.`);
