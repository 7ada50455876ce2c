import { distance } from 'fastest-levenshtein';

/** Of how many letters of a name one may be mistyped. */
const LETTERS_PER_SLIP = 3;

/**
 * The known name that a mistyped one probably means; undefined if none is near. Two neighbouring
 * letters that are swapped are one slip.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = word.length / LETTERS_PER_SLIP;
  // No word that is much longer than all names is looked at letter by letter.
  const similar = known.filter((name) => Math.abs(name.length - word.length) <= most);
  if (similar.length === 0) return undefined;
  const swapped = Array.from(
    { length: Math.max(word.length - 1, 0) },
    (_, at) => `${word.slice(0, at)}${word[at + 1]}${word[at]}${word.slice(at + 2)}`,
  );
  const slips = (name: string) =>
    Math.min(distance(word, name), ...swapped.map((other) => distance(other, name) + 1));
  const [near] = similar
    .map((name) => ({ name, slips: slips(name) }))
    .filter((one) => one.slips <= most)
    .sort((a, b) => a.slips - b.slips);
  return near?.name;
}
