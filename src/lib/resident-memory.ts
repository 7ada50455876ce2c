/**
 * The memory that this process holds, in bytes; the most that it has held where the system does not tell, as without
 * /proc on Linux.
 */
export function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
