/** A size for people, in MB of 1024 × 1024 bytes as the task's log counts them; small ones in bytes. */
export function formatBytes(bytes: number): string {
  return bytes < 10_240 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(2)} MB`;
}
