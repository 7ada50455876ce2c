/** When machines may be asked for, one after the other. */

/** What holds back whoever asks for machines. */
export interface SpawnLimits {
  /** The orchestrator's own: so many in any so many seconds. */
  readonly perWindow: number;
  readonly windowSeconds: number;
  /** Requests a second that Fly's API takes of one action, and how many at once after a rest. */
  readonly apiPerSecond: number;
  readonly apiBurst: number;
  /** How many machines there may be at a time. */
  readonly machines: number;
}

/** The next machine can be asked for at `time`, in seconds, or as soon after it as the limit allows. */
type Limiter = (time: number) => number;

/** Never more than `count` in any `seconds`. */
export function windowLimiter(count: number, seconds: number): Limiter {
  const recent: number[] = [];
  let next = 0;
  return (time) => {
    const before = recent[next];
    const start = before === undefined ? time : Math.max(time, before + seconds);
    recent[next] = start;
    next = (next + 1) % count;
    return start;
  };
}

/** `perSecond` in the long run, `burst` at once after a rest. */
export function bucketLimiter(perSecond: number, burst: number): Limiter {
  let tokens = burst;
  let filledAt = 0;
  return (time) => {
    // What was granted may lie ahead of what is asked now: grants are in order.
    const from = Math.max(time, filledAt);
    const there = Math.min(burst, tokens + (from - filledAt) * perSecond);
    const start = there >= 1 ? from : from + (1 - there) / perSecond;
    tokens = Math.max(there, 1) - 1;
    filledAt = start;
    return start;
  };
}

/** Both rates together; how many machines there may be is for whoever knows when they end. */
export function spawnLimiter({
  perWindow,
  windowSeconds,
  apiPerSecond,
  apiBurst,
}: SpawnLimits): Limiter {
  const orchestrator = windowLimiter(perWindow, windowSeconds);
  const api = bucketLimiter(apiPerSecond, apiBurst);
  return (time) => api(orchestrator(time));
}
