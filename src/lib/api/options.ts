/*
 * API: the functions that only users of the package call. This file has the options that several
 * of them share; each function is a file of its own.
 *
 * How data passes: a function checks its options against a schema (an `OptionsError` names
 * everything that is wrong), fills in defaults, and calls the room that does the work. Remedies in
 * messages name options, not flags or variables (`optionNames`). What it returns and throws are the
 * room's own types, which `index.ts` exports. Doc comments and their examples become
 * docs/library.md.
 *
 * Must never happen: a default that differs from the command line's; a secret read from
 * `process.env`; a type in a signature that `index.ts` does not export.
 */
import * as v from 'valibot';
import { abortSignal, flag, oneOf, option, wholeNumber } from '../check-options.ts';
import {
  backgroundProblem,
  chromaSubsamplings,
  effortSettings,
  metadataSettings,
  profileSettings,
} from '../convert/encoder-settings.ts';
import { maxSizeRange } from '../convert/max-size.ts';
import { PAGES_RULE, type PagesSetting, pagesProblem } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import { optionNames } from '../convert/setting-names.ts';

/** A number above 0. */
export const positive = option<number>(
  (value) => typeof value === 'number' && value > 0,
  'must be a number above 0',
);

/** The pages: `first`, `all`, a number or a list. */
export const pages: v.GenericSchema<PagesSetting> = option(
  (value) => (typeof value === 'string' || typeof value === 'number') && !pagesProblem(`${value}`),
  PAGES_RULE,
);

/** The number of a page, counted from 1. */
export const page: v.GenericSchema<number> = wholeNumber(1, 999_999_999);

/** The options of `EncoderSettings`. */
export const encoderOptions = {
  quality: v.optional(wholeNumber(1, 100)),
  chromaSubsampling: v.optional(oneOf(chromaSubsamplings)),
  background: v.optional(
    option<string>(
      (value) => typeof value === 'string' && !backgroundProblem(value),
      'must be white, black or #rrggbb',
    ),
  ),
  effort: v.optional(oneOf(effortSettings)),
  profile: v.optional(oneOf(profileSettings)),
  metadata: v.optional(oneOf(metadataSettings)),
  maxSize: v.optional(wholeNumber(...maxSizeRange)),
};

/** The further options of conversions. */
export const conversionOptions = {
  ...encoderOptions,
  overwrite: v.optional(flag),
  memoryBytes: v.optional(positive),
  signal: v.optional(abortSignal),
};

/** The name of the option that replaces files, in messages. */
export const FORCED_BY = 'overwrite: true';

/** The budget given by options. */
export function budgetOf({ memoryBytes }: { readonly memoryBytes?: number | undefined }): Budget {
  return { memoryBytes, names: optionNames };
}
