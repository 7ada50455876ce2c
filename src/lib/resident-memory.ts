/**
 * The memory that this process holds, in bytes; its peak if the system does not tell (without /proc
 * on Linux).
 */
export function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
