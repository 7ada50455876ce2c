import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a Fly machine of the contract has: 2 shared CPUs. */
const MACHINE_CPUS = 2;

/**
 * What a worker itself and the system take of a machine, in MB: `run` finds as much missing where nothing
 * is said (113 MB and more for itself, 48 MB for the system: docs/reliability.md).
 */
const BESIDE_CONVERSION_MB = 161;

/** Less than that is no memory to convert with. */
const LEAST_MB = 64;

/** The CPUs that one task may use; undefined where no one can be kept to some. */
export interface CpuChoice {
  /** How many a task has; `null`: as many as there are. */
  readonly cpus: number | null;
  /** The command that keeps a worker to its CPUs, in front of the worker's own. */
  wrap(place: number, command: readonly string[]): readonly string[];
}

/** The `MEMORY_LIMIT_MB` of a worker on a machine of so much memory. */
export function memoryLimitOf(machineMb: number): number {
  return Math.max(LEAST_MB, machineMb - BESIDE_CONVERSION_MB);
}

/**
 * How tasks that run at once are kept to a machine's CPUs each: by taskset, on Linux. They are as fast as
 * this machine's; that Fly's are shared, nothing here imitates.
 */
export function chooseCpus(): CpuChoice {
  const cpus = allowedCpus();
  if (cpus.length === 0 || !hasTaskset()) return { cpus: null, wrap: (_, command) => command };
  const count = Math.min(MACHINE_CPUS, cpus.length);
  return {
    cpus: count,
    wrap(place, command) {
      const own = Array.from({ length: count }, (_, i) => cpus[(place * count + i) % cpus.length]);
      return ['taskset', '--cpu-list', own.join(','), ...command];
    },
  };
}

/** The numbers of the CPUs that this process may use; none where the system does not say. */
function allowedCpus(): number[] {
  try {
    const [, list = ''] =
      /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return [];
  }
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
