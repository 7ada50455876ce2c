/** Appends lines that arrived while the log was loading, some of which it may already contain. */
export function joinedLog(log: readonly string[], lines: readonly string[]): string[] {
  const most = Math.min(log.length, lines.length);
  for (let shared = most; shared > 0; shared -= 1) {
    const end = log.slice(-shared);
    if (end.every((line, place) => line === lines[place])) return [...log, ...lines.slice(shared)];
  }
  return [...log, ...lines];
}
