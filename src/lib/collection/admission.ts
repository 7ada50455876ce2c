import { finite } from '../finite.ts';

/** A job that has been admitted, and waits no more. */
export interface Admitted<T> {
  readonly job: T;
  /** What it may plan with, in bytes: all that those admitted before it leave. */
  readonly memoryBytes: number;
  /** Gives its room back. */
  release(): void;
}

/** Lets jobs begin as far as there is room. */
export interface Admission<T> {
  /** Queues a job that will take so many bytes of memory at most. Throws `RangeError` for what is no such number. */
  wait(job: T, bytes: number): void;
  /** The next job that may begin now, which then has its room until it is released. */
  next(): Admitted<T> | undefined;
  /** How many are queued. */
  waiting(): number;
  /** How many have begun and are not released. */
  running(): number;
  /** Bytes that are given away. */
  taken(): number;
}

/** How much there is for all jobs together. */
export interface AdmissionLimits {
  /** The most that run at once. */
  readonly jobs: number;
  readonly memoryBytes: number;
}

/**
 * How many jobs may begin before one that came earlier and does not fit yet. While a giant waits the
 * machine is not idle, and after so many nobody but the giant may begin: it gets its room as soon as
 * those that run have ended.
 */
export const MOST_OVERTAKING = 16;

/**
 * Admits jobs in the order in which they were queued, as long as the memory they are predicted to take
 * at their peaks fits together. One that does not fit yet is overtaken by later ones that do, by
 * `MOST_OVERTAKING` at most. One that never fits begins when nothing else runs: what becomes of it then
 * is for its plan to say. Throws `RangeError` where a limit is no number.
 */
export function createAdmission<T>({ jobs, memoryBytes }: AdmissionLimits): Admission<T> {
  finite('The number of jobs', jobs, 1);
  finite('The memory for all jobs in bytes', memoryBytes);
  const queue: { readonly job: T; readonly bytes: number; overtaken: number }[] = [];
  let running = 0;
  let taken = 0;
  const fits = (bytes: number) => running === 0 || taken + bytes <= memoryBytes;
  const admit = (index: number): Admitted<T> | undefined => {
    const one = queue[index];
    if (!one) return undefined;
    queue.splice(index, 1);
    for (const earlier of queue.slice(0, index)) earlier.overtaken++;
    const { job, bytes } = one;
    const left = Math.max(memoryBytes - taken, bytes);
    running++;
    taken += bytes;
    const release = () => {
      running--;
      taken -= bytes;
    };
    return { job, memoryBytes: left, release };
  };
  return {
    wait: (job, bytes) => {
      finite('The memory of a job in bytes', bytes, 1);
      queue.push({ job, bytes, overtaken: 0 });
    },
    next: () => {
      if (running >= jobs) return undefined;
      // Whoever was overtaken often enough is the last that may begin.
      const last = queue.findIndex(({ overtaken }) => overtaken >= MOST_OVERTAKING);
      const candidates = last < 0 ? queue : queue.slice(0, last + 1);
      return admit(candidates.findIndex(({ bytes }) => fits(bytes)));
    },
    waiting: () => queue.length,
    running: () => running,
    taken: () => taken,
  };
}
