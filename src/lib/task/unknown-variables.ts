import { closest, distance } from 'fastest-levenshtein';
import { type Environment, knownVariables } from './environment.ts';

const names: readonly string[] = knownVariables;

/** Prefixes that only our variables are likely to have; Fly and others use the rest. */
const OUR_BEGINNING = /^(JPEG|TIFF|CALLBACK|R2|TASK|INPUT_R2)_/;

/** One letter in this many may differ from the intended variable. */
const LETTERS_PER_SLIP = 4;
/** The most that may differ if the prefix is not ours or is misspelt. */
const MOST_SLIPS = 2;

/**
 * One sentence for each variable that looks like one of `run` but is unknown, in order. Values are
 * neither read nor shown.
 */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment).flatMap((name) => {
    if (names.includes(name)) return [];
    const upper = name.toUpperCase();
    // A name without its last words, such as `MEMORY_LIMIT`, still matches.
    const whole = names.find((one) => upper.includes('_') && one.startsWith(`${upper}_`));
    const isOurs = OUR_BEGINNING.test(upper);
    const most = Math.min(upper.length / LETTERS_PER_SLIP, isOurs ? Infinity : MOST_SLIPS);
    const near = whole ?? nearestName(upper, most);
    // Other stores use S3_BUCKET and B2_ACCOUNT_ID.
    if (near !== undefined && (isOurs || !near.startsWith('R2_')))
      return `Unknown variable ${name} has no effect. Did you mean ${near}?`;
    if (!isOurs) return [];
    return `Unknown variable ${name} has no effect. "arke-tiff run --help" lists all variables.`;
  });
}

/**
 * The known name with the fewest other letters, at most `most`. Names that are longer or shorter by
 * more cannot be it: comparing them cost each task 1.5 ms.
 */
function nearestName(name: string, most: number): string | undefined {
  const similar = names.filter((one) => Math.abs(one.length - name.length) <= most);
  if (similar.length === 0) return undefined;
  const near = closest(name, similar);
  return distance(name, near) <= most ? near : undefined;
}
