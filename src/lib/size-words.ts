/*
 * Sizes of files, the same in terminal, reports and pages. Loaded by browsers too. Two other units
 * exist on purpose: memory is in MB of 1024 × 1024 bytes, as MEMORY_LIMIT_MB, Fly and the kernel
 * count it (`plan-words.ts`), and so are the sizes in the contract's log lines (`log.ts`).
 */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size of files or disk for people, in steps of 1000 as SI has them: `852 kB`, `1.2 MB`. */
export function sizeOf(bytes: number): string {
  let amount = bytes;
  let step = 0;
  // What would be rounded to 1000 is one of the next unit.
  while (amount >= 999.5 && step < UNITS.length - 1) {
    amount /= 1000;
    step++;
  }
  const digits = step === 0 || amount >= 99.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[step]}`;
}
