import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { abortSignal, flag, optionProblems, text, texts, wholeNumber } from '../check-options.ts';
import type { CollectionEvent } from '../collection/events.ts';
import { planOutputs } from '../collection/outputs.ts';
import { runVerification } from '../collection/verify/run-verification.ts';
import { refuseOtherRecord } from '../collection/verify/verified-records.ts';
import { withWarnings } from '../collection/with-warnings.ts';
import { defaultEncoderSettings } from '../convert/encoder-settings.ts';
import { type PagesSetting, parsePages } from '../convert/pages.ts';
import { defaultLikenessBounds } from '../convert/verify/likeness.ts';
import { OptionsError } from '../errors.ts';
import { programName } from '../version.ts';
import { type CollectionInput, inputProblems } from './collection-input.ts';
import type { CollectionOptions } from './convert-collection.ts';
import { findTiffs } from './find-tiffs.ts';
import { budgetOf, encoderOptions, pages, positive } from './options.ts';
import { refuseBundled } from './whole-package.ts';

/** The options of `verifyCollection`; all have defaults. */
export interface VerifyOptions
  extends Pick<
    CollectionOptions,
    'recursive' | 'include' | 'exclude' | 'jobs' | 'memoryBytes' | 'failFast' | 'signal'
  > {
  /** The pages whose JPEGs are compared, such as `'1-3,5'`. Default: `first`. */
  readonly pages?: PagesSetting | undefined;
  /**
   * The folder that has the JPEGs, as `convertCollection` writes them. Default: beside each TIFF.
   */
  readonly outDir?: string | undefined;
  /** The least quality that JPEGs must have, 1–100. Default: whatever each was saved with. */
  readonly quality?: number | undefined;
  /** The colour behind transparent pixels of the TIFFs. Default: `white`. */
  readonly background?: string | undefined;
  /** Whether to compare again what was verified before. Default: false. */
  readonly again?: boolean | undefined;
  /**
   * The file in which to record what was verified. Default: `.arke-tiff-verified.jsonl` beside the
   * JPEGs.
   */
  readonly record?: string | undefined;
  /** Whether to only look for the JPEGs, and decode and write nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
}

const schema = v.strictObject({
  pages: v.optional(pages),
  outDir: v.optional(text),
  recursive: v.optional(flag),
  include: v.optional(texts),
  exclude: v.optional(texts),
  quality: encoderOptions.quality,
  background: encoderOptions.background,
  jobs: v.optional(wholeNumber(1, 10_000)),
  memoryBytes: v.optional(positive),
  again: v.optional(flag),
  record: v.optional(text),
  failFast: v.optional(flag),
  dryRun: v.optional(flag),
  signal: v.optional(abortSignal),
});

/**
 * Compares many JPEGs with their TIFFs, whatever made them, and yields events as
 * `convertCollection`. Writes to neither. What was found to be within the limits is recorded, and
 * skipped by the next run if both files are unchanged.
 *
 * `inputs` are files, folders and patterns, whose JPEGs have the names that `convertCollection`
 * gives them, or pairs of a TIFF and the path of its JPEG.
 *
 * @returns Events. `file.ended` has the status `verified`, `skipped` (verified before), or `failed`
 *   with the reason; the last one, `collection.ended`, has the counts.
 * @throws `OptionsError` (`INVALID_OPTIONS`) listing all wrong options, at the call or the first
 *   event; `FileError` (`FILE`) at the first event if a folder has no TIFF, or `record` is another
 *   file; `ArkeError` (`BUNDLED`) if files of the package are missing.
 * @example
 * ```ts
 * import { verifyCollection } from 'arke-tiff';
 *
 * for await (const event of verifyCollection(['scans'], { recursive: true, outDir: 'jpegs' })) {
 *   if (event.event === 'file.ended' && event.status === 'failed')
 *     console.error(`${event.input}: ${event.error.message}`);
 *   if (event.event === 'collection.ended') console.log(`${event.verified} JPEGs verified`);
 * }
 * ```
 */
export function verifyCollection(
  inputs: readonly (string | CollectionInput)[],
  options: VerifyOptions = {},
): AsyncGenerator<CollectionEvent, void> {
  const problems = [...inputProblems(inputs), ...optionProblems(schema, options)];
  if (problems.length > 0) throw new OptionsError(problems);
  refuseBundled();
  return verifyAll(inputs, options);
}

async function* verifyAll(
  inputs: readonly (string | CollectionInput)[],
  options: VerifyOptions,
): AsyncGenerator<CollectionEvent, void> {
  const { quality, background = defaultEncoderSettings.background, record, outDir } = options;
  const { signal = new AbortController().signal } = options;
  if (record !== undefined) await refuseOtherRecord(record);
  const chosen = parsePages(`${options.pages ?? 'first'}`);
  const { found, unread, warnings } = await findTiffs(inputs, options, signal);
  const { conversions, warnings: more } = await planOutputs(found, { outDir, pages: chosen });
  const run = runVerification(conversions, {
    pages: chosen,
    bounds: defaultLikenessBounds,
    asked: { quality, background },
    budget: budgetOf(options),
    jobs: options.jobs ?? availableParallelism(),
    force: options.again ?? false,
    record,
    failFast: options.failFast ?? false,
    dryRun: options.dryRun ?? false,
    unread,
    signal,
    program: programName(),
  });
  yield* withWarnings(run, [...warnings, ...more]);
}
