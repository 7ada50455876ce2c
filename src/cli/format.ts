/** A time for people, from milliseconds: `642 ms`, `4.2 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  // Anything that would round up to a minute is one.
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A rate for people, of bytes in this many milliseconds. */
export function formatBytesPerSecond(bytes: number, ms: number): string {
  return `${perSecond(bytes / 1e6, ms)} MB/s`;
}

/** A rate for people, of pixels in this many milliseconds. */
export function formatPixelsPerSecond(pixels: number, ms: number): string {
  return `${perSecond(pixels / 1e6, ms)} MP/s`;
}

/** A rate per second with one decimal; zero time counts as one millisecond. */
export function perSecond(amount: number, ms: number): string {
  return ((amount * 1000) / Math.max(ms, 1)).toFixed(1);
}

/** The first sentence of a message, without its full stop; what is quoted does not end it. */
export function firstSentence(message: string): string {
  return /^(?:"[^"]*"|[^"])*?(?=\.(?: ["\p{Lu}]|$))/su.exec(message)?.[0] ?? message;
}

/** A message about a file or object (`r2://KEY`), preceded by its name unless it contains it. */
export function aboutFile(name: string, message: string): string {
  const names = [name, name.replace(/^r2:\/\//, '')];
  return names.some((one) => stands(one, message)) ? message : `${name}: ${message}`;
}

/** Whether a sentence contains a name: in quotation marks, or as a word if it is distinctive. */
function stands(name: string, message: string): boolean {
  if (message.includes(`"${name}"`) || message.includes(`"${name} (page `)) return true;
  if (!/[./\\]/.test(name)) return false;
  const parts = message.split(name);
  return parts
    .slice(1)
    .some((after, i) => /(^|[\s(])$/.test(parts[i] ?? '') && /^($|[\s:;,)]|\.(\s|$))/.test(after));
}
