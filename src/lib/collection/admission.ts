import { finite } from '../finite.ts';

/** A job that has been admitted. */
export interface Admitted<T> {
  readonly job: T;
  /** Memory it may plan with, in bytes: all that earlier jobs leave. */
  readonly memoryBytes: number;
  /** Releases its memory and its slot. */
  release(): void;
}

/** Lets jobs start when there is room. */
export interface Admission<T> {
  /**
   * Queues a job with the most bytes of memory it will take. Throws `RangeError` for an invalid
   * number.
   */
  wait(job: T, bytes: number): void;
  /** The next job that may start, which then holds its room until released. */
  next(): Admitted<T> | undefined;
  /**
   * More room for a job that runs, as if it were another one, if nobody waits for it: bytes beside
   * those that it has.
   */
  further(bytes: number): Omit<Admitted<T>, 'job'> | undefined;
  /** Number of queued jobs. */
  waiting(): number;
  /** Number of jobs that have started and are not released. */
  running(): number;
  /** Bytes that are assigned. */
  taken(): number;
}

/** Limits for all jobs together. */
export interface AdmissionLimits {
  /** The most that run at once. */
  readonly jobs: number;
  readonly memoryBytes: number;
}

/**
 * How many jobs may overtake one that does not fit yet. While a giant waits the machine is not
 * idle, and after this many only the giant may start: it gets its room when the running jobs end.
 */
export const MOST_OVERTAKING = 16;

/**
 * Admits jobs in the order in which they were queued, as long as their predicted peaks fit into
 * memory together. At most `MOST_OVERTAKING` later jobs may overtake one that does not fit yet. One
 * that never fits starts when nothing else runs, and its plan decides. Throws `RangeError` if a
 * limit is not a number.
 */
export function createAdmission<T>({ jobs, memoryBytes }: AdmissionLimits): Admission<T> {
  finite('The number of jobs', jobs, 1);
  finite('The memory for all jobs in bytes', memoryBytes);
  const queue: { readonly job: T; readonly bytes: number; overtaken: number }[] = [];
  let running = 0;
  let taken = 0;
  const fits = (bytes: number) => running === 0 || taken + bytes <= memoryBytes;
  const hold = (bytes: number): Omit<Admitted<T>, 'job'> => {
    const left = Math.max(memoryBytes - taken, bytes);
    running++;
    taken += bytes;
    const release = () => {
      running--;
      taken -= bytes;
    };
    return { memoryBytes: left, release };
  };
  const admit = (index: number): Admitted<T> | undefined => {
    const one = queue[index];
    if (!one) return undefined;
    queue.splice(index, 1);
    for (const earlier of queue.slice(0, index)) earlier.overtaken++;
    return { job: one.job, ...hold(one.bytes) };
  };
  return {
    wait: (job, bytes) => {
      finite('The memory of a job in bytes', bytes, 1);
      queue.push({ job, bytes, overtaken: 0 });
    },
    next: () => {
      if (running >= jobs) return undefined;
      // A job that was overtaken often enough is the last that may start.
      const last = queue.findIndex(({ overtaken }) => overtaken >= MOST_OVERTAKING);
      const candidates = last < 0 ? queue : queue.slice(0, last + 1);
      return admit(candidates.findIndex(({ bytes }) => fits(bytes)));
    },
    further: (bytes) =>
      running < jobs && queue.length === 0 && fits(bytes) ? hold(bytes) : undefined,
    waiting: () => queue.length,
    running: () => running,
    taken: () => taken,
  };
}
