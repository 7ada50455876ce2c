import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { residentBytes } from '../../resident-memory.ts';
import type { SettingNames } from '../setting-names.ts';
import type { Limits } from './plan.ts';

/** What a conversion may use, as far as somebody decided it. */
export interface Budget {
  /** Bytes that the conversion may plan with; without it the machine is asked. */
  readonly memoryBytes?: number | undefined;
  /** CPU seconds that may be spent when so many seconds are left; without it all cores until then. */
  readonly cpuSeconds?: ((secondsLeft: number) => number) | undefined;
  /** Seconds until the JPEG must be there; without it there is no hurry. */
  readonly secondsLeft?: (() => number) | undefined;
  /** By how much less time there should be for a plan, in seconds: what is late should be cheap. It ends nothing sooner. */
  readonly secondsBehind?: number | undefined;
  /** Who may want the work to end soon. */
  readonly hurry?: Hurry | undefined;
  /** What the user calls all this, and other settings; default: `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/** A wish that work under way end soon, by which `secondsLeft` has become few. */
export interface Hurry {
  isOn(): boolean;
  /** Told that the work cannot be done in that time, not even as `fast`. */
  giveUp(): void;
}

const MB = 1024 * 1024;

/**
 * What the system needs beside its processes: on a Fly machine of 1 GB its own init and the kernel's
 * caches. What parent and conversion process share (some 45 MB of Node.js) is counted twice, which is
 * the margin for what the parent still needs.
 */
const SYSTEM_MEMORY = 48 * MB;

/**
 * The memory of this machine or container that a conversion may plan with, in bytes: the cgroup's limit
 * (v1 and v2, as Node finds it), else the machine's memory, less what this process holds and the system
 * needs.
 */
export function detectMemory(): number {
  // No limit is told as 0, or as a number near 2^64.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const reserved = residentBytes() + SYSTEM_MEMORY;
  return Math.max(0, Math.min(constrained, totalmem()) - reserved);
}

/** The seconds that a plan may reckon with; infinitely many where there is no hurry. */
export function secondsToPlanWith({ secondsLeft, secondsBehind = 0 }: Budget): number {
  return Math.max(0, (secondsLeft?.() ?? Number.POSITIVE_INFINITY) - secondsBehind);
}

/** The limits that hold now for a conversion with temporary files in `folder`. */
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

/** The bytes that are free on the disk of a folder; infinitely many where that is not told. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // A file system that does not tell will say so when it is full.
    return Number.POSITIVE_INFINITY;
  }
}
