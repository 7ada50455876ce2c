import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { residentBytes } from '../../resident-memory.ts';
import type { SettingNames } from '../setting-names.ts';
import type { Limits } from './plan.ts';

/** The limits of a conversion that somebody has set. */
export interface Budget {
  /** Bytes for planning; by default the machine is asked. */
  readonly memoryBytes?: number | undefined;
  /** CPU seconds available in the given seconds left; by default all cores for that time. */
  readonly cpuSeconds?: ((secondsLeft: number) => number) | undefined;
  /** Seconds until the JPEG must be finished; unlimited by default. */
  readonly secondsLeft?: (() => number) | undefined;
  /**
   * Seconds by which to shorten the time for planning: a late task should take a cheap plan. Never
   * ends anything earlier.
   */
  readonly secondsBehind?: number | undefined;
  /** Who may ask for an early end. */
  readonly hurry?: Hurry | undefined;
  /** The user's names for these and other settings; defaults to `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/** A wish that running work end soon; it has reduced `secondsLeft`. */
export interface Hurry {
  isOn(): boolean;
  /** Called if the work cannot be done in that time, not even as `fast`. */
  giveUp(): void;
}

const MB = 1024 * 1024;

/**
 * Memory for the system itself: on a Fly machine of 1 GB, its init and the kernel's caches. The
 * memory that parent and conversion process share (about 45 MB of Node.js) is counted twice, which
 * leaves a margin for the parent.
 */
const SYSTEM_MEMORY = 48 * MB;

/**
 * The memory of this machine or container that a conversion may plan with, in bytes: the cgroup's
 * limit (v1 and v2, as Node finds it), else the machine's memory, minus what this process holds and
 * the system needs.
 */
export function detectMemory(): number {
  // Without a limit it is 0, or a number near 2^64.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const reserved = residentBytes() + SYSTEM_MEMORY;
  return Math.max(0, Math.min(constrained, totalmem()) - reserved);
}

/** The seconds available for planning; infinite without a deadline. */
export function secondsToPlanWith({ secondsLeft, secondsBehind = 0 }: Budget): number {
  return Math.max(0, (secondsLeft?.() ?? Number.POSITIVE_INFINITY) - secondsBehind);
}

/** The current limits of a conversion with temporary files in `folder`. */
export async function limitsNow(budget: Budget, folder: string): Promise<Limits> {
  const seconds = secondsToPlanWith(budget);
  return {
    memoryBytes: budget.memoryBytes ?? detectMemory(),
    cpuSeconds: budget.cpuSeconds?.(seconds) ?? availableParallelism() * seconds,
    seconds,
    diskBytes: await freeBytes(folder),
    names: budget.names,
  };
}

/** Free bytes on the disk of a folder; infinite if unknown. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // A full disk then shows when it is written to.
    return Number.POSITIVE_INFINITY;
  }
}
