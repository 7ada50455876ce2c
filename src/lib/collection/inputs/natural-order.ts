/**
 * An order for names as people count: `scan2` before `scan10`. The same on every machine, whatever its
 * language; names that differ only in how their letters are composed are in order, too.
 */
export function naturalOrder(): (a: string, b: string) => number {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return (a, b) => compare(a, b) || (a < b ? -1 : Number(a > b));
}
