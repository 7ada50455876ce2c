import { closest, distance } from 'fastest-levenshtein';

/** Of how many letters of a name one may be mistyped. */
const LETTERS_PER_SLIP = 3;

/** The known name that a mistyped one probably means; undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(word, known);
  return distance(word, near) <= word.length / LETTERS_PER_SLIP ? near : undefined;
}
