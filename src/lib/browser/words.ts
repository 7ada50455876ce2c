const STEPS = [
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['KB', 1024],
] as const;

/** A size for people, counted as the program counts: a KB is 1024 bytes. */
export function sizeOf(bytes: number): string {
  const [unit, step] = STEPS.find(([, least]) => bytes >= least) ?? ['B', 1];
  const amount = bytes / step;
  return `${amount.toFixed(step === 1 || amount >= 100 ? 0 : 1)} ${unit}`;
}

/** A duration for people. */
export function timeOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A whole number with its thousands apart. */
export function numberOf(count: number): string {
  return count.toLocaleString('en');
}

/** `1 file`, `2 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${numberOf(count)} ${count === 1 ? one : many}`;
}

/** What is saved of a size, in percent; negative where it has grown. */
export function savedOf(before: number, after: number): number | undefined {
  return before > 0 ? (1 - after / before) * 100 : undefined;
}

/** Whole percents, with a real minus. */
export function percentOf(percent: number): string {
  return `${Math.round(percent)} %`.replace('-', '−');
}

/** Control characters, and those that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name with what cannot be seen of it made visible: two files shall not look the same. */
export function visible(name: string): string {
  return name.replace(
    UNSEEN,
    (character) => `⟨${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}⟩`,
  );
}
