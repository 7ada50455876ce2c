import * as v from 'valibot';
import { abortSignal, flag, oneOf, option, wholeNumber } from '../check-options.ts';
import {
  backgroundProblem,
  chromaSubsamplings,
  effortSettings,
  metadataSettings,
  profileSettings,
} from '../convert/encoder-settings.ts';
import { type PagesSetting, pagesProblem } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import { optionNames } from '../convert/setting-names.ts';

/** A number above 0. */
export const positive = option<number>(
  (value) => typeof value === 'number' && value > 0,
  'must be a number above 0',
);

/** Which pages: `first`, `all` or a number. */
export const pages: v.GenericSchema<PagesSetting> = option(
  (value) => (typeof value === 'string' || typeof value === 'number') && !pagesProblem(`${value}`),
  'must be first, all or the number of a page',
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
};

/** The options of conversions, besides. */
export const conversionOptions = {
  ...encoderOptions,
  overwrite: v.optional(flag),
  memoryBytes: v.optional(positive),
  signal: v.optional(abortSignal),
};

/** What an option that replaces files is called, in messages. */
export const FORCED_BY = 'overwrite: true';

/** The budget that options describe. */
export function budgetOf({ memoryBytes }: { readonly memoryBytes?: number | undefined }): Budget {
  return { memoryBytes, names: optionNames };
}
