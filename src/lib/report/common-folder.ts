import { sep } from 'node:path';

/**
 * The common beginning of all paths, up to and including a slash (or backslash on Windows); may be
 * empty.
 */
export function commonFolder(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let length = first.length;
  for (const path of others)
    while (!path.startsWith(first.slice(0, length))) length = separatorBefore(first, length - 1);
  return first.slice(0, separatorBefore(first, length));
}

/** Length of a path up to the last separator among its first `length` characters. */
function separatorBefore(path: string, length: number): number {
  return Math.max(...['/', sep].map((mark) => path.slice(0, length).lastIndexOf(mark))) + 1;
}
