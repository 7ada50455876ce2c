import type { Flags as OclifFlags } from '@oclif/core';

/*
 * oclif's kinds of flags without oclif, which is slow to load: `convert` reads its flags itself
 * (`read-arguments.ts`). Only what is wrong loads it, for its words.
 */

type Kinds = Pick<typeof OclifFlags, 'boolean' | 'custom' | 'integer' | 'option' | 'string'>;

const asGiven = async (text: string) => text;

const optionOf = (defaults: object, given: object = {}) => {
  const definition = { parse: asGiven, ...defaults, ...given };
  const multiple = 'multiple' in definition && definition.multiple === true;
  return { ...definition, input: [], multiple, type: 'option' };
};

const integer = async (
  text: string,
  context: unknown,
  flag: { readonly min?: number; readonly max?: number },
): Promise<unknown> => {
  const value = Number(text);
  const { min = value, max = value } = flag;
  if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
  const { Flags: kinds } = await import('@oclif/core');
  return kinds.integer().parse(text, context as never, flag as never);
};

/** Defines flags, exactly as `Flags` of oclif does. */
export const Flags = {
  boolean: (given: object = {}) => ({
    parse: async (value: boolean) => value,
    ...given,
    allowNo: false,
    type: 'boolean',
  }),
  custom: (defaults: object) => (given?: object) => optionOf(defaults, given),
  integer: (given?: object) => optionOf({ parse: integer }, given),
  option: (defaults: object) => (given?: object) => optionOf(defaults, given),
  string: (given?: object) => optionOf({}, given),
} as unknown as Kinds;

/** Wrong usage, as oclif reports it. */
export async function wrongUsage(message: string): Promise<Error> {
  const { Errors } = await import('@oclif/core');
  return new Errors.CLIError(message);
}
