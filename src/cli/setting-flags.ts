import type { Interfaces } from '@oclif/core';
import * as v from 'valibot';
import {
  knownVariables,
  secretVariables,
  type VariableName,
  type VariableValue,
  variableOf,
} from '../lib/task/environment.ts';
import { choicesOf, defaultOf, variableText } from '../lib/task/environment-text.ts';
import { Flags, wrongUsage } from './flag-kinds.ts';

/** What a command may word differently from the table of variables. */
interface FlagWords {
  readonly summary?: string;
  readonly helpGroup?: string;
  readonly helpValue?: string;
}

/** A flag for a variable: takes its words, choices, default and parser from the variable. */
export function settingFlag<N extends VariableName>(
  name: N,
  words: FlagWords = {},
): Interfaces.OptionFlag<VariableValue<N>> {
  const { schema } = variableOf(name);
  const parse = async (value: string) => {
    const { success, output, issues } = v.safeParse(schema, value);
    if (success) return output;
    const [{ message }] = issues;
    throw await wrongUsage(message.startsWith('must be ') ? `${message}, not ${value}` : message);
  };
  const standard = defaultOf(name);
  const how = standard === undefined ? {} : { default: v.parse(schema, standard) };
  return Flags.custom<unknown>({ ...commonOf(name), ...how, parse, ...words })() as never;
}

/**
 * A flag for a variable whose text is not parsed here: its problems are reported with those of all
 * other settings.
 */
export function settingTextFlag(
  name: VariableName,
  words: FlagWords = {},
): Interfaces.OptionFlag<string | undefined> {
  return Flags.string({ ...commonOf(name), ...words });
}

function commonOf(name: VariableName) {
  const choices = choicesOf(name);
  const { meaning, values } = variableText(name);
  const range = choices || !values ? '' : ` (${values})`;
  const summary = `${meaning.replace(/`(.*?)`/g, (_, code: string) => flagName(code))}${range}.`;
  return { summary, env: name, ...(choices ? { options: [...choices] } : {}) };
}

/** The flag of a variable, with its dashes; a variable without a flag keeps its name. */
export function flagName(name: string): string {
  const known = knownVariables.find((one) => one === name);
  const flag = known && variableOf(known).flag;
  return flag === undefined ? name : `--${flag}`;
}

const secrets = (beginning: string) =>
  secretVariables.filter((name) => name.startsWith(beginning)).join(' and ');
const COME_FROM = 'the environment or --env-file.';

/** The source of R2's secrets, for a command's help. */
export const r2SecretsHelp = `${secrets('R2_')} come from ${COME_FROM}`;

/** The source of the signing secret, for a command's help. */
export const signingSecretHelp = `${secrets('CALLBACK_')} comes from ${COME_FROM}`;

/** The source of all secrets of a command that sends callbacks, for its help. */
export const callbackSecretsHelp = `${secrets('CALLBACK_')}, for the signature, and R2's keys come from ${COME_FROM}`;
