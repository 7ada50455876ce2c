import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a Fly machine of the contract has: 2 shared CPUs. */
const MACHINE_CPUS = 2;

/**
 * What the worker itself and the system take of a machine, in MB: `run` subtracts as much by
 * default (113 MB and more for itself, 48 MB for the system: docs/reliability.md).
 */
const BESIDE_CONVERSION_MB = 161;

/** The least memory for a conversion. */
const LEAST_MB = 64;

/** How tasks are limited to CPUs; undefined if they cannot be. */
export interface CpuChoice {
  /** CPUs per task; `null`: all. */
  readonly cpus: number | null;
  /** The command with a prefix that limits it to its CPUs. */
  wrap(place: number, command: readonly string[]): readonly string[];
}

/** The `MEMORY_LIMIT_MB` of a worker on a machine with this memory. */
export function memoryLimitOf(machineMb: number): number {
  return Math.max(LEAST_MB, machineMb - BESIDE_CONVERSION_MB);
}

/**
 * Limits concurrent tasks to a machine's CPUs each, with taskset on Linux. They are as fast as this
 * machine's: Fly's throttling is not simulated.
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

/** The numbers of the CPUs that this process may use; none if the system does not say. */
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
