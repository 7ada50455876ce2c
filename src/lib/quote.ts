/** A text as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A path as it is typed: in quotation marks where a shell needs them. */
export function typedPath(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : quote(path);
}
