/**
 * The thread of process-meter.ts: looks at a process tree every few milliseconds. A thread, so that
 * neither the proxies nor the sampling wait for the other.
 */
import { parentPort } from 'node:worker_threads';
import { descendants, factsOf, type ProcessFacts } from './process-tree.ts';

/** What was seen of a tree until all of it had ended. */
export interface TreeSamples {
  /** Largest sum of PSS. */
  readonly peakBytes: number;
  /** Of each process as last seen, together: less than it was by what came after the last look. */
  readonly cpuSeconds: number;
  readonly processes: number;
}

/** Starts with the process whose descendants are to be watched; ends when these have. */
export type SamplerRequest = { readonly watch: number } | { readonly end: true };

const PAUSE_MS = 5;
/** Reading PSS walks the page tables of the measured process, which waits for that: at most a seventh of the time. */
const PAUSE_PER_LOOK = 6;

if (parentPort === null) throw new Error('process-sampler.ts is a thread of process-meter.ts.');
const port = parentPort;
const seen = new Map<string, ProcessFacts>();
let root = 0;
let peakBytes = 0;
let ending = false;

port.on('message', (request: SamplerRequest) => {
  if ('watch' in request) {
    root = request.watch;
    look();
  } else ending = true;
});

function look(): void {
  const before = performance.now();
  const pids = new Set([...descendants(root), ...[...seen.values()].map(({ pid }) => pid)]);
  // One that lost its parent is known by its start; a number that was given again is another's.
  const running = [...pids].map(factsOf).filter((one) => one !== undefined);
  const ours = running.filter((one) => isOurs(one));
  for (const one of ours) seen.set(keyOf(one), one);
  peakBytes = Math.max(
    peakBytes,
    ours.reduce((sum, one) => sum + one.pssBytes, 0),
  );
  const took = performance.now() - before;
  if (ending && ours.length === 0) finish();
  else setTimeout(look, Math.max(PAUSE_MS, took * PAUSE_PER_LOOK));
}

const keyOf = ({ pid, start }: ProcessFacts) => `${pid} ${start}`;

function isOurs(one: ProcessFacts): boolean {
  const known = [...seen.values()].some(({ pid }) => pid === one.pid);
  return !known || seen.has(keyOf(one));
}

function finish(): void {
  const cpuSeconds = [...seen.values()].reduce((sum, one) => sum + one.cpuSeconds, 0);
  port.postMessage({ peakBytes, cpuSeconds, processes: seen.size } satisfies TreeSamples);
  port.close();
}
