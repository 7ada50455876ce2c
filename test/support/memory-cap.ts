import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What processes under a cap may have. */
export interface Cap {
  /** Of memory, without swap; MB of 1024 × 1024 bytes. */
  readonly megabytes: number;
  /** Cores' worth of CPU, if that is to be capped, too. */
  readonly cpus?: number;
}

/** A control group of the kernel that keeps processes within a cap. */
export interface CappedGroup extends AsyncDisposable {
  /** The command that runs another one in the group, with all the processes that it starts. */
  wrap(command: readonly string[]): [string, ...string[]];
  /** How many of its processes the kernel has killed. */
  oomKills(): number;
  /** The most memory that all of it has held, files in the page cache included, in MB. */
  peakMB(): number;
}

const ROOT = '/sys/fs/cgroup';

/**
 * Why no cap can be made here, or undefined where it can: Linux, root, and a hierarchy to write to.
 */
export function noCapBecause(): string | undefined {
  if (process.platform !== 'linux') return 'memory caps are made by Linux';
  if (process.getuid?.() !== 0) return 'memory caps are made by root';
  try {
    rmdirSync(makeGroup('memory', 'probe'));
    return undefined;
  } catch (error) {
    return `the kernel's control groups cannot be written to: ${(error as Error).message}`;
  }
}

/** Makes such a group, of cgroup v1 or v2, beside the one this process is in. */
export function makeCap({ megabytes, cpus }: Cap): CappedGroup {
  const name = `${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const memory = makeGroup('memory', name);
  const v2 = existsSync(join(memory, 'memory.max'));
  const cpu = cpus === undefined ? undefined : v2 ? memory : makeGroup('cpu', name);
  const limit = String(megabytes * 1024 * 1024);
  const set = (group: string, file: string, value: string) =>
    writeFileSync(join(group, file), value);
  if (v2) {
    set(memory, 'memory.max', limit);
    set(memory, 'memory.swap.max', '0');
    if (cpu) set(cpu, 'cpu.max', `${Math.round((cpus ?? 1) * 100_000)} 100000`);
  } else {
    set(memory, 'memory.limit_in_bytes', limit);
    if (existsSync(join(memory, 'memory.memsw.limit_in_bytes')))
      set(memory, 'memory.memsw.limit_in_bytes', limit);
    if (cpu) set(cpu, 'cpu.cfs_quota_us', String(Math.round((cpus ?? 1) * 100_000)));
  }
  const groups = [memory, ...(cpu && cpu !== memory ? [cpu] : [])];
  const read = (file: string) => readFileSync(join(memory, file), 'utf8');
  return {
    wrap: (command) => [
      'sh',
      '-c',
      `for g in ${groups.join(' ')}; do echo 0 > $g/cgroup.procs || exit 125; done; exec "$@"`,
      'sh',
      ...command,
    ],
    oomKills: () =>
      Number(/^oom_kill (\d+)/m.exec(read(v2 ? 'memory.events' : 'memory.oom_control'))?.[1] ?? 0),
    peakMB: () =>
      Math.round(Number(read(v2 ? 'memory.peak' : 'memory.max_usage_in_bytes')) / 2 ** 20),
    [Symbol.asyncDispose]: async () => {
      for (const group of groups) await remove(group);
    },
  };
}

/**
 * Removes the groups of all caps that this process has made, once nothing runs in them any more.
 */
export function removeCaps(): void {
  for (const parent of new Set(['memory', 'cpu'].map(parentOf)))
    for (const name of readdirSync(parent))
      if (name.startsWith(`${PREFIX}${process.pid}-`)) rmdirSync(join(parent, name));
}

const PREFIX = 'arke-tiff-';

function makeGroup(controller: string, name: string): string {
  const group = join(parentOf(controller), `${PREFIX}${name}`);
  mkdirSync(group);
  return group;
}

/** Groups are made below this process's own; in v2 all controllers are in one place. */
function parentOf(controller: string): string {
  const v1 = join(ROOT, controller);
  const hierarchy = existsSync(v1) ? v1 : ROOT;
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const own = lines
    .map((line) => line.split(':'))
    .find(([, names]) => names?.split(',').includes(controller));
  const parent = existsSync(v1) ? join(hierarchy, own?.[2] ?? '/') : hierarchy;
  return existsSync(parent) ? parent : hierarchy;
}

/** A group can be removed when its last process is gone from the kernel's tables, too. */
async function remove(group: string): Promise<void> {
  for (let i = 0; i < 50; i++) {
    try {
      return rmdirSync(group);
    } catch {
      await sleep(100);
    }
  }
}
