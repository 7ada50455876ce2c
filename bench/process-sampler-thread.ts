/** The thread of process-sampler.ts: looks at process trees every few milliseconds. */
import { parentPort } from 'node:worker_threads';
import { factsOf, familyOf, type ProcessFacts } from './process-tree.ts';

/** What was seen of a tree until all of it had ended. */
export interface TreeSamples {
  /** Largest sum of PSS. */
  readonly peakBytes: number;
  /** Of each process as last seen, together: less than it was by what came after the last look. */
  readonly cpuSeconds: number;
  readonly processes: number;
}

/** A tree is known by the process that starts it, which is none of it. */
export type SamplerRequest =
  | { readonly kind: 'watch' | 'end'; readonly pid: number }
  | { readonly kind: 'stop' };

/** What the thread has to say. */
export type SamplerNews =
  | { readonly kind: 'ended'; readonly pid: number; readonly samples: TreeSamples }
  /** The most that all trees held at one time. */
  | { readonly kind: 'stopped'; readonly peakBytes: number };

const PAUSE_MS = 5;
/**
 * Reading PSS walks the page tables of the measured process, which waits for that: at most a
 * seventh of the time.
 */
const PAUSE_PER_LOOK = 6;

interface Tree {
  /** As last seen, also those that have ended. */
  readonly seen: Map<string, ProcessFacts>;
  readonly running: Set<number>;
  peakBytes: number;
  /** Nothing more is started: what runs is all that there is. */
  ending: boolean;
}

if (parentPort === null) throw new Error('This is a thread of process-sampler.ts.');
const port = parentPort;
const say = (news: SamplerNews) => port.postMessage(news);
const trees = new Map<number, Tree>();
let peakBytes = 0;
let next: NodeJS.Timeout | undefined;

port.on('message', (request: SamplerRequest) => {
  if (request.kind === 'watch') watch(request.pid);
  if (request.kind === 'end') end(request.pid);
  if (request.kind === 'stop') stop();
});

function watch(pid: number): void {
  const tree = { seen: new Map(), running: new Set<number>(), peakBytes: 0, ending: false };
  trees.set(pid, tree);
  lookAt(pid, tree);
  next ??= setTimeout(lookAtAll, PAUSE_MS);
}

function end(pid: number): void {
  const tree = trees.get(pid);
  if (!tree) return;
  tree.ending = true;
  lookAt(pid, tree);
}

function stop(): void {
  clearTimeout(next);
  say({ kind: 'stopped', peakBytes });
  port.close();
}

function lookAtAll(): void {
  const before = performance.now();
  let sum = 0;
  for (const [pid, tree] of trees) sum += lookAt(pid, tree);
  peakBytes = Math.max(peakBytes, sum);
  const took = performance.now() - before;
  const pause = Math.max(PAUSE_MS, took * PAUSE_PER_LOOK);
  next = trees.size > 0 ? setTimeout(lookAtAll, pause) : undefined;
}

/** Tells the bytes that the tree holds now. */
function lookAt(root: number, tree: Tree): number {
  // Once it is ending the command is gone, and its number may be another's.
  const known = tree.ending ? tree.running : [root, ...tree.running];
  const found = [...familyOf(known)].filter((pid) => pid !== root).map(factsOf);
  const ours = found.filter((one) => one !== undefined).filter((one) => isOf(tree, one));
  tree.running.clear();
  for (const one of ours) {
    tree.running.add(one.pid);
    tree.seen.set(keyOf(one), one);
  }
  const bytes = ours.reduce((sum, one) => sum + one.pssBytes, 0);
  tree.peakBytes = Math.max(tree.peakBytes, bytes);
  if (tree.ending && ours.length === 0) finish(root, tree);
  return bytes;
}

/** One that lost its parent is known by its start; a number that was given again is another's. */
function isOf({ seen, running }: Tree, one: ProcessFacts): boolean {
  return !running.has(one.pid) || seen.has(keyOf(one));
}

const keyOf = ({ pid, start }: ProcessFacts) => `${pid} ${start}`;

function finish(pid: number, { seen, peakBytes }: Tree): void {
  trees.delete(pid);
  const cpuSeconds = [...seen.values()].reduce((sum, one) => sum + one.cpuSeconds, 0);
  say({ kind: 'ended', pid, samples: { peakBytes, cpuSeconds, processes: seen.size } });
}
