/**
 * A file of this package, by its path in it: the same from the sources, from `dist` and from the
 * bundle.
 */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
