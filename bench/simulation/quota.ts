/** Fly's CPU quota: how long a machine takes for so many CPU seconds (fly.io/docs/machines/cpu-performance). */

/** What a machine's shared CPUs may do. */
export interface Quota {
  readonly cpus: number;
  /** Balance of each CPU when the machine starts, in CPU seconds; they are spent above the share only. */
  readonly burstSeconds: number;
  /** Of each CPU without a balance: 5 ms in 80. The CPUs of a machine share both. */
  readonly share: number;
}

/** A balance that is not spent grows to this, in CPU seconds per CPU. */
const MOST_BALANCE = 500;

/** A piece of a machine's work: CPU seconds, or time that passes without any. */
export interface Work {
  /** 0 for waiting. */
  readonly cpuSeconds: number;
  /** How many CPUs it keeps busy when it may, or how long it waits, in seconds, when it needs none. */
  readonly busyCpus: number;
  readonly waitSeconds: number;
}

/** What one piece took. */
export interface Took {
  /** From its beginning to its end. */
  readonly seconds: number;
  /** Of these, what it would not have taken without the quota. */
  readonly throttledSeconds: number;
  /** CPU seconds that are left of the burst. */
  readonly balance: number;
}

/** The balance of a machine that starts. */
export function firstBalance({ cpus, burstSeconds }: Quota): number {
  return cpus * burstSeconds;
}

/**
 * Time flows, not in steps of 80 ms: an end is told up to 75 ms too early or late. While the balance
 * lasts, work runs at full speed and takes from it what it uses above the share; after that it has the
 * share alone. Waiting earns the share.
 */
export function timeFor(work: Work, quota: Quota, balance: number): Took {
  const earned = quota.cpus * quota.share;
  const most = quota.cpus * MOST_BALANCE;
  const busy = Math.min(work.busyCpus, quota.cpus);
  const full = work.cpuSeconds === 0 ? 0 : work.cpuSeconds / busy;
  const spent = full * Math.max(0, busy - earned);
  const seconds = spent <= balance ? full : (work.cpuSeconds - balance) / earned;
  const kept = spent <= balance ? balance - spent : 0;
  return {
    seconds: seconds + work.waitSeconds,
    throttledSeconds: seconds - full,
    balance: Math.min(most, kept + work.waitSeconds * earned),
  };
}
