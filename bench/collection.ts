/**
 * Converts a folder of 200 TIFFs of ten kinds, and one of 600 small ones, by arke-tiff, and by
 * what people use instead: a loop over vips and over ImageMagick, with as many at once. Prints a
 * table in Markdown for each, and writes it as JSON. Linux, with bash; worth something on a quiet
 * machine only.
 *
 *   npm run bench:collection               # three runs of each, about ten minutes and 3 GB of disk
 *   npm run bench:collection -- --runs 1
 *   npm run bench:collection -- --mix small
 *   npm run bench:collection -- --jobs 4   # else as many as there are cores
 *   npm run bench:collection -- --limit 60 # seconds for one run of one way; 300 by default
 */
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Mix, type MixName, makeMix, mixNames } from './collection-mix.ts';
import { type CollectionPeer, collectionPeers } from './collection-peers.ts';
import { surroundings } from './machine.ts';
import { type Metered, meter } from './process-meter.ts';
import { type Spread, spreadOf } from './sample.ts';
import { markdown } from './table.ts';
import { inWorkFolder } from './work-folder.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    mix: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    limit: { type: 'string', default: '300' },
  },
});
const [runs, jobs, limit] = [Number(values.runs), Number(values.jobs), Number(values.limit)];
for (const number of [runs, jobs, limit])
  if (!Number.isInteger(number) || number < 1)
    throw new Error('--runs, --jobs and --limit must be 1 or more.');
const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** How one way did. */
interface Result {
  readonly name: string;
  readonly version: string;
  readonly wallSeconds: Spread;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  /** JPEGs of the last run, and their bytes. */
  readonly jpegs: number;
  readonly jpegBytes: number;
}

async function run(peer: CollectionPeer, folder: string, jpegs: string): Promise<Metered> {
  await rm(jpegs, { recursive: true, force: true });
  await mkdir(jpegs);
  const env = { PATH: process.env['PATH'] ?? '', TMPDIR: folder };
  return meter(['timeout', '--kill-after=5', `${limit}`, ...peer.command], { env, cwd: folder });
}

/** All runs of one way; undefined if one of them failed or took too long. */
async function runsOf(peer: CollectionPeer, folder: string, jpegs: string) {
  console.error(`${peer.name} …`);
  const done: Metered[] = [];
  for (let number = 0; number < runs; number++) {
    const one = await run(peer, folder, jpegs);
    done.push(one);
    if (one.exitCode === 0) continue;
    const why = one.exitCode === TIMED_OUT ? `not done in ${limit} s` : `exit code ${one.exitCode}`;
    console.error(`${peer.name}: ${why}\n${one.output}`);
    return undefined;
  }
  return resultOf(peer, done, jpegs);
}

/** The exit code of `timeout` if it has ended the command. */
const TIMED_OUT = 124;

async function resultOf(
  { name, version = '' }: CollectionPeer,
  done: readonly Metered[],
  jpegs: string,
): Promise<Result> {
  const names = (await readdir(jpegs)).filter((file) => file.endsWith('.jpg'));
  const sizes = await Promise.all(names.map(async (file) => (await stat(join(jpegs, file))).size));
  return {
    name,
    version,
    wallSeconds: spreadOf(done.map(({ wallMs }) => wallMs / 1000)),
    cpuSeconds: spreadOf(done.map(({ cpuSeconds }) => cpuSeconds)).median,
    peakMB: spreadOf(done.map(({ peakBytes }) => peakBytes / 1024 ** 2)).median,
    jpegs: names.length,
    jpegBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function tableOf(results: readonly Result[], { names, megapixels }: Mix): string {
  const head = ['', 'files/s', 'MP/s', 'wall', 'CPU', 'memory', 'JPEGs', 'their size'];
  const lines = results.map(({ name, wallSeconds, cpuSeconds, peakMB, jpegs, jpegBytes }) => [
    name,
    (names.length / wallSeconds.median).toFixed(1),
    (megapixels / wallSeconds.median).toFixed(0),
    `${wallSeconds.median.toFixed(1)} s (${wallSeconds.min.toFixed(1)}–${wallSeconds.max.toFixed(1)})`,
    `${cpuSeconds.toFixed(1)} s`,
    `${peakMB.toFixed(0)} MB`,
    `${jpegs}`,
    `${(jpegBytes / 1e6).toFixed(0)} MB`,
  ]);
  return markdown(head, lines);
}

async function measure(folder: string, name: MixName): Promise<void> {
  const before = surroundings();
  const [tiffs, list] = [join(folder, 'tiffs'), join(folder, 'list')];
  const node = join(folder, 'node');
  await copyFile(process.execPath, node);
  const mix = await makeMix(tiffs, name);
  const jpegs = join(folder, 'jpegs');
  const pairs = mix.names.map((name) => [join(tiffs, name), join(jpegs, `${name}.jpg`)]);
  await writeFile(
    list,
    pairs.flat().map((path) => `${path}\0`),
  );
  const programs = { node, program: fromHere('../bin/run.js') };
  const results: Result[] = [];
  for (const peer of collectionPeers(programs, { tiffs, jpegs, list, jobs })) {
    if (peer.version === undefined) {
      console.error(`${peer.name}: not installed`);
      continue;
    }
    const result = await runsOf(peer, folder, jpegs);
    if (result) results.push(result);
  }
  const { machine, versions } = before;
  console.log(
    `${mix.names.length} TIFFs, ${mix.megapixels} megapixels, ${(mix.bytes / 1e6).toFixed(0)} MB; ${jobs} at once; ${machine}; medians of ${runs} runs.`,
  );
  console.log(
    results
      .map(({ version }) => version)
      .filter((v, i, all) => all.indexOf(v) === i)
      .join(', '),
  );
  console.log(`\n${tableOf(results, mix)}`);
  const path = fromHere(
    `./results/collection-${name}-${new Date().toISOString().replaceAll(':', '-')}.json`,
  );
  await mkdir(fromHere('./results'), { recursive: true });
  await writeFile(path, JSON.stringify({ machine, versions, jobs, runs, mix, results }, null, 2));
}

const wanted = mixNames.filter((name) => name === (values.mix ?? name));
if (wanted.length === 0) throw new Error(`--mix must be ${mixNames.join(' or ')}.`);
for (const name of wanted) await inWorkFolder('collection', (folder) => measure(folder, name));
