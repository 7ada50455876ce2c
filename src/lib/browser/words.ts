export { sizeOf } from '../size-words.ts';

/** A duration for people. */
export function timeOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A whole number with grouped digits. */
export function numberOf(count: number): string {
  return count.toLocaleString('en');
}

/** `1 file`, `2 files`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${numberOf(count)} ${count === 1 ? one : many}`;
}

/** The saving in percent; negative if it has grown. */
export function savedOf(before: number, after: number): number | undefined {
  return before > 0 ? (1 - after / before) * 100 : undefined;
}

/** Whole percent, with a real minus sign. */
export function percentOf(percent: number): string {
  return `${Math.round(percent)} %`.replace('-', '−');
}

/** Control characters, and those that change the text direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name with invisible characters shown, so that different names never look the same. */
export function visible(name: string): string {
  return name.replace(
    UNSEEN,
    (character) => `⟨${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}⟩`,
  );
}
