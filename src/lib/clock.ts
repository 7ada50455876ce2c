/**
 * Milliseconds since this process was started. Not `performance.now()`: its first use loads Node's
 * `perf_hooks`, 2 ms of CPU before the first request (docs/performance.md).
 */
export function sinceStart(): number {
  return process.uptime() * 1000;
}
