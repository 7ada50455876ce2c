/** What Linux tells of a running process and those it started, in /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** A process that runs. */
export interface ProcessFacts {
  readonly pid: number;
  /** Tells it from a later process of the same number: its start, in ticks since the system's. */
  readonly start: number;
  /** User and system time of its own, whole ticks. */
  readonly cpuSeconds: number;
  /** Its own memory and its share of what it has in common with others (PSS). */
  readonly pssBytes: number;
}

/** The kernel's unit in /proc, on every platform that Node runs on (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/** These processes, those that they started, and so on. */
export function familyOf(pids: Iterable<number>): Set<number> {
  const family = new Set(pids);
  // A set goes on with what is added meanwhile.
  for (const pid of family) for (const child of childrenOf(pid)) family.add(child);
  return family;
}

/** How long the kernel is waited for, which has other things to do, in milliseconds. */
const END_PATIENCE_MS = 5_000;

/**
 * Kills all that a process has started and that these have, until none is left; it stays itself.
 */
export function endDescendants(pid: number): void {
  const until = performance.now() + END_PATIENCE_MS;
  const running = () =>
    [...familyOf([pid])].filter((one) => one !== pid && factsOf(one) !== undefined);
  for (let left = running(); left.length > 0 && performance.now() < until; left = running())
    for (const one of left) kill(one);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** `undefined` when it has ended. */
export function factsOf(pid: number): ProcessFacts | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // After the name, which may hold spaces and brackets: state is field 3, as proc(5) counts.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  if (fields[0] === 'Z') return undefined;
  const [, kilobytes = 0] = /^Pss: +(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '') ?? [];
  return {
    pid,
    start: field(22),
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    pssBytes: Number(kilobytes) * 1024,
  };
}

/** `undefined` when the process ended meanwhile. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
