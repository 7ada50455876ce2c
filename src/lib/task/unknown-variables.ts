import { closest, distance } from 'fastest-levenshtein';
import { type Environment, variables } from './environment.ts';

const names: readonly string[] = variables.map(({ name }) => name);

/** Beginnings that only our variables are likely to have; Fly and others set names like the rest. */
const OUR_BEGINNING = /^(JPEG|TIFF|CALLBACK|R2|TASK|INPUT_R2)_/;

/** Of how many letters of a name one may differ from the variable that is meant. */
const LETTERS_PER_SLIP = 4;
/** How many may differ where the name begins like none of ours, or begins wrong. */
const MOST_SLIPS = 2;

/**
 * One sentence for each variable of an environment that looks like one of `run` but is none, in the
 * environment's order. Values are neither read nor shown.
 */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment).flatMap((name) => {
    if (names.includes(name)) return [];
    const upper = name.toUpperCase();
    const whole = names.find((one) => upper.includes('_') && one.startsWith(`${upper}_`));
    const near = whole ?? closest(upper, names);
    // Without the last words of a name, `MEMORY_LIMIT`, it is still that name.
    const slips = whole ? 0 : distance(upper, near);
    const isNear = slips <= upper.length / LETTERS_PER_SLIP;
    const isOurs = OUR_BEGINNING.test(upper);
    // Other stores have S3_BUCKET and B2_ACCOUNT_ID.
    const mayBeOurs = slips <= MOST_SLIPS && !near.startsWith('R2_');
    if (isNear && (isOurs || mayBeOurs))
      return `Unknown variable ${name} has no effect. Did you mean ${near}?`;
    if (!isOurs) return [];
    return `Unknown variable ${name} has no effect. "arke-tiff run --help" lists all variables.`;
  });
}
