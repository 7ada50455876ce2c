/** Memory of processes and of all that they have started, as Linux tells it. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** The most memory seen, in bytes of PSS: of each process tree, and of all of them at one time. */
export interface MemoryPeaks {
  readonly ofTree: ReadonlyMap<number, number>;
  readonly ofAll: number;
}

/** Samples are this far apart, in milliseconds, so that the peak of a short task is not missed. */
const SHORTEST_PAUSE_MS = 50;
/** A sample of 200 processes takes the kernel tenths of a second: at most a tenth of a core goes into it. */
const PAUSE_PER_SAMPLE = 9;

/** Samples the trees below `roots`, which may change meanwhile, until `stop` is called. */
export function watchMemory(roots: () => Iterable<number>): { stop(): Promise<MemoryPeaks> } {
  const ofTree = new Map<number, number>();
  let ofAll = 0;
  const stopping = new AbortController();
  const sample = () => {
    const now = memoryOfTrees([...roots()]);
    for (const [root, bytes] of now) ofTree.set(root, Math.max(bytes, ofTree.get(root) ?? 0));
    ofAll = Math.max(
      ofAll,
      [...now.values()].reduce((sum, bytes) => sum + bytes, 0),
    );
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      sample();
      const pause = Math.max(SHORTEST_PAUSE_MS, (performance.now() - began) * PAUSE_PER_SAMPLE);
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await watching;
      return { ofTree, ofAll };
    },
  };
}

/** PSS of each root and its descendants, in bytes: what processes share is divided among them. */
function memoryOfTrees(roots: readonly number[]): Map<number, number> {
  const children = childrenByParent();
  const ofTree = (pid: number): number =>
    pssOf(pid) + (children.get(pid) ?? []).reduce((sum, child) => sum + ofTree(child), 0);
  return new Map(roots.map((root) => [root, ofTree(root)]));
}

function childrenByParent(): Map<number, number[]> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = pids.map((pid) => {
    const stat = read(pid, 'stat');
    // State and parent follow the command, which may itself hold spaces and parentheses (proc(5)).
    return [Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), Number(pid)] as const;
  });
  return new Map(
    [...Map.groupBy(parents, ([parent]) => parent)].map(([parent, found]) => [
      parent,
      found.map(([, pid]) => pid),
    ]),
  );
}

function pssOf(pid: number): number {
  const [, kilobytes = '0'] = /^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup')) ?? [];
  return Number(kilobytes) * 1024;
}

/** What may be taken without swapping, in bytes (MemAvailable, proc(5)). */
export function availableMemory(): number {
  const [, kilobytes = '0'] =
    /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Empty when the process has ended meanwhile. */
function read(pid: number | string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
