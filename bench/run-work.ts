/** One run of one worker, behind the proxies. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../src/dev/sandbox/sandbox.ts';
import type { Arrival, DelayProxy } from './delay-proxy.ts';
import type { ExampleWorker } from './example-worker.ts';
import { type Metered, meter } from './process-meter.ts';
import type { Sample } from './sample.ts';
import type { Row, Work } from './works.ts';

/** Ours at one effort, or the contract's example. */
export type Side = 'example' | Row['effort'];

/** What the runs of a work stand on. */
export interface Bench {
  readonly sandbox: Sandbox;
  readonly r2: DelayProxy;
  readonly orchestrator: DelayProxy;
  readonly folder: string;
  /** Node.js itself, as a file that only the measured processes use. */
  readonly node: string;
  /** Ours. */
  readonly program: string;
  readonly example: ExampleWorker | undefined;
}

const EXIT_CODES = { download: 0, run: 0, missing: 1 };

/**
 * Runs the work once, and takes away what it made.
 *
 * @throws Error with the run's log when it did not end as it should
 */
export async function runWork(
  bench: Bench,
  work: Work,
  { side, run, key }: { side: Side; run: number; key: string },
): Promise<Sample> {
  const { sandbox, r2, orchestrator, folder, node } = bench;
  const [batch, task] = [`bench-${work.name}`, `${side}-${run}`];
  const [seenBefore, calledBefore] = [r2.seen.length, orchestrator.seen.length];
  const saved = join(folder, 'saved.tif');
  const variables = sandbox.environment(batch, task, key);
  const metered = await meter([node, ...argumentsOf(bench, work, { side, key, saved })], {
    cwd: folder,
    env: {
      ...variables,
      PATH: process.env['PATH'] ?? '',
      TMPDIR: folder,
      R2_ENDPOINT: r2.url,
      CALLBACK_URL: (variables['CALLBACK_URL'] ?? '').replace(sandbox.url, orchestrator.url),
      ...(side === 'example' ? {} : { JPEG_EFFORT: side }),
    },
  });
  const expected = work.tiff ? EXIT_CODES[work.command] : EXIT_CODES.missing;
  if (metered.exitCode !== expected) throw failure(task, work, metered);
  if (work.command === 'run') await checkCallback(sandbox, batch, task, { work, metered });
  await sandbox.deleteObject(key.replace(/\.tif$/, '.jpg'));
  await rm(saved, { force: true });
  return sampleOf(metered, r2.seen[seenBefore], orchestrator.seen[calledBefore]);
}

function argumentsOf(
  { program, example }: Bench,
  { command }: Work,
  { side, key, saved }: { side: Side; key: string; saved: string },
): string[] {
  if (side === 'example') return [example?.[command] ?? ''];
  return command === 'run'
    ? [program, 'run']
    : [program, 'download', key, '--output', saved, '--force'];
}

async function checkCallback(
  sandbox: Sandbox,
  batch: string,
  task: string,
  { work, metered }: { work: Work; metered: Metered },
): Promise<void> {
  const statuses = (await sandbox.callbacks(batch, task)).map(
    ({ body }) => (JSON.parse(body) as { status?: unknown }).status,
  );
  if (statuses.length !== 1 || statuses[0] !== (work.tiff ? 'success' : 'error'))
    throw failure(task, work, metered);
}

function failure(task: string, { name }: Work, { exitCode, output }: Metered): Error {
  return new Error(`${name}, ${task}: did not end as it should (exit code ${exitCode})\n${output}`);
}

function sampleOf(
  { startedAt, wallMs, cpuSeconds, peakBytes }: Metered,
  request: Arrival | undefined,
  callback: Arrival | undefined,
): Sample {
  if (request === undefined) throw new Error('A run never asked R2 for anything.');
  return {
    at: startedAt,
    wallMs,
    cpuSeconds,
    peakMB: peakBytes / 1024 ** 2,
    firstRequestMs: request.at - startedAt,
    callbackMs: callback && callback.at - startedAt,
  };
}
