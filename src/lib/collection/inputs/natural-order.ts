/**
 * Natural order: `scan2` before `scan10`. The same on every machine and in every language, also for
 * names that differ only in Unicode form.
 */
export function naturalOrder(): (a: string, b: string) => number {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return (a, b) => compare(a, b) || (a < b ? -1 : Number(a > b));
}
