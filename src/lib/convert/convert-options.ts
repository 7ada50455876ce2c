import { OptionsError } from '../errors.ts';
import type { InPlaceOptions } from './convert-in-place.ts';
import {
  backgroundProblem,
  chromaSubsamplings,
  effortSettings,
  metadataSettings,
  profileSettings,
} from './encoder-settings.ts';

/** What `convertTiff` can be told besides the paths. */
export interface ConvertOptions extends InPlaceOptions {
  /** Replace an existing file, but never a TIFF; default: an existing file is an error. */
  readonly overwrite?: boolean | undefined;
}

type Check = (value: unknown) => string | undefined;

function wholeNumber(from: number, to?: number): Check {
  const range = to === undefined ? `of at least ${from}` : `from ${from} to ${to}`;
  return (value) => {
    const fits =
      Number.isInteger(value) &&
      Number(value) >= from &&
      Number(value) <= (to ?? Number.MAX_SAFE_INTEGER);
    return fits ? undefined : `must be a whole number ${range}`;
  };
}

function oneOf(allowed: readonly unknown[]): Check {
  return (value) => (allowed.includes(value) ? undefined : `must be ${allowed.join(' or ')}`);
}

function ofType(type: string): Check {
  return (value) =>
    value !== null && typeof value === type ? undefined : `must be of the type ${type}`;
}

const checks: Readonly<Record<keyof ConvertOptions, Check>> = {
  quality: wholeNumber(1, 100),
  chromaSubsampling: oneOf(chromaSubsamplings),
  background: (value) => backgroundProblem(String(value)),
  effort: oneOf(effortSettings),
  profile: oneOf(profileSettings),
  metadata: oneOf(metadataSettings),
  page: wholeNumber(1),
  silenceMs: wholeNumber(1),
  name: ofType('string'),
  overwrite: ofType('boolean'),
  header: ofType('object'),
  converter: ofType('object'),
  budget: ofType('object'),
  signal: ofType('object'),
  onPlan: ofType('function'),
  onReplan: ofType('function'),
};

/** Throws `OptionsError`, which lists all that is wrong: options that are unknown, and values that they cannot have. */
export function refuseInvalidOptions(options: ConvertOptions): void {
  const problems = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => {
      const check = Object.hasOwn(checks, name) ? checks[name as keyof ConvertOptions] : undefined;
      const problem = check ? check(value) : 'is not an option of convertTiff';
      return problem ? [`${name} ${problem}`] : [];
    });
  if (problems.length > 0) throw new OptionsError(problems);
}
