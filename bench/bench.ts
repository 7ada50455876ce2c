/**
 * Measures the worker against the contract's example worker on the same Node.js, behind proxies
 * that stand for the way to R2 and to the orchestrator, and the conversion alone against other
 * programs. Prints tables in Markdown, medians with the least and the most, and writes all of it as
 * JSON. Linux, with bash; needs no privileges. Worth something on a quiet machine only.
 *
 *   npm run bench                      # ten runs of everything, about ten minutes
 *   npm run bench -- --runs 3          # fewer of them
 *   npm run bench -- --only download   # rows with this in their name, or "peers"; may be repeated
 *   npm run bench -- --program PATH    # another build than bin/run.js
 *   npm run bench -- --sharp-cli PATH  # else the `sharp` on PATH, of the npm package sharp-cli
 *   npm run bench -- --json FILE       # else a file in bench/results
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/dev/sandbox/sandbox.ts';
import { type ExampleWorker, installExampleWorker } from './example-worker.ts';
import { surroundings } from './machine.ts';
import { measureWork, type Samples } from './measure-work.ts';
import { measurePeers } from './peers.ts';
import { type Cell, cellsOf, peersTable, workersTable } from './table.ts';
import { inWorkFolder } from './work-folder.ts';
import { type Row, rows } from './works.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    only: { type: 'string', multiple: true, default: [''] },
    program: { type: 'string' },
    'sharp-cli': { type: 'string' },
    json: { type: 'string' },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs must be 1 or more.');
const isWanted = (name: string) => values.only.some((part) => name.includes(part));
const chosen = rows.filter(({ name }) => isWanted(name));
const withPeers = isWanted('peers');
if (chosen.length === 0 && !withPeers)
  throw new Error(`--only ${values.only}: there are ${rows.map((r) => r.name).join(', ')}, peers.`);

// npm changes into the project's folder; what was meant is the caller's.
const fromCaller = (path: string) => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const program = values.program ? fromCaller(values.program) : fromHere('../bin/run.js');
const sharpCli = values['sharp-cli'] && fromCaller(values['sharp-cli']);
const before = surroundings();
const time = new Date().toISOString();
const json = values.json
  ? fromCaller(values.json)
  : fromHere(`./results/${time.replaceAll(':', '-')}.json`);

/** Where both workers run, with a Node.js that nothing else uses: shared pages would count half. */
interface Place {
  readonly folder: string;
  readonly node: string;
  readonly example: ExampleWorker | undefined;
}

async function makePlace(folder: string): Promise<Place> {
  const node = join(folder, 'node');
  await copyFile(process.execPath, node);
  return { folder, node, example: await installExampleWorker(folder) };
}

async function measureRows({ folder, node, example }: Place) {
  const sandbox = await startSandbox({ persistTo: join(folder, 'r2') });
  const samples: Record<string, Samples> = {};
  const works = new Set(chosen.map(({ work }) => work));
  try {
    for (const work of works) {
      console.error(`${work.name} …`);
      const efforts = new Set(chosen.filter((row) => row.work === work).map((row) => row.effort));
      const sides = [...(example ? ['example' as const] : []), ...efforts];
      const bench = { sandbox, folder, node, program, example };
      samples[work.name] = await measureWork(bench, work, { runs, sides });
    }
  } finally {
    await sandbox.stop();
  }
  const cellsOfRow = (row: Row) => cellsOf(row, samples[row.work.name] ?? {});
  return { cells: chosen.flatMap(cellsOfRow), samples };
}

/** The median of less says little. */
const FEW_RUNS = 5;

function printHead(example: ExampleWorker | undefined): void {
  const { machine, load, versions } = before;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  console.log(`${machine}; load ${load.toFixed(1)}\n${named.join(', ')}`);
  console.log(`Medians of ${runs} runs in turn, and in brackets the least and the most.`);
  console.log('CPU and memory are those of all processes; memory is the peak of the sum of PSS.\n');
  if (runs < FEW_RUNS) console.log(`Fewer than ${FEW_RUNS} runs: a trial, no measurement.\n`);
  if (load > 0.5) console.log('The machine was not quiet: compare ratios, not seconds.\n');
  if (!example)
    console.log('The example worker (../shared/contract) is not on this machine: no ratios.\n');
}

await inWorkFolder('bench', async (folder) => {
  const place = await makePlace(folder);
  printHead(place.example);
  const { cells, samples } =
    chosen.length > 0 ? await measureRows(place) : { cells: [] as Cell[], samples: {} };
  if (cells.length > 0) console.log(`${workersTable(cells)}\n`);
  if (withPeers) console.error('peers …');
  const peers = withPeers
    ? await measurePeers(folder, { node: place.node, program, sharpCli, runs })
    : undefined;
  if (peers) console.log(`${peersTable(peers)}\n`);
  const after = surroundings().load;
  const result = { time, ...before, loadAfter: after, runs, program, cells, peers, samples };
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(json);
});
