import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { flag, oneOf, optionProblems, text, texts, wholeNumber } from '../check-options.ts';
import type { CollectionEvent } from '../collection/events.ts';
import type { CollectionRunOptions as RunOptions } from '../collection/options.ts';
import { planOutputs } from '../collection/outputs.ts';
import { runCollection } from '../collection/run-collection.ts';
import { withWarnings } from '../collection/with-warnings.ts';
import { type EncoderSettings, encoderSettings } from '../convert/encoder-settings.ts';
import { type PagesSetting, parsePages } from '../convert/pages.ts';
import { optionNames } from '../convert/setting-names.ts';
import { type FailKind, failKinds } from '../convert/strictness.ts';
import { defaultLikenessBounds } from '../convert/verify/likeness.ts';
import { OptionsError } from '../errors.ts';
import { programName } from '../version.ts';
import { type CollectionInput, inputProblems } from './collection-input.ts';
import { findTiffs } from './find-tiffs.ts';
import { budgetOf, conversionOptions, FORCED_BY, pages } from './options.ts';
import { refuseBundled } from './whole-package.ts';

/**
 * The options of `convertCollection`. All have defaults; those of `EncoderSettings` are
 * `defaultEncoderSettings`.
 */
export interface CollectionOptions extends Partial<EncoderSettings> {
  /** The pages of each TIFF to convert, such as `'1-3,5'`. Default: `first`. */
  readonly pages?: PagesSetting | undefined;
  /**
   * The folder for the JPEGs; TIFFs from a folder keep their places in it. Default: beside each
   * TIFF.
   */
  readonly outDir?: string | undefined;
  /** Whether TIFFs in subfolders are converted too. Default: false. */
  readonly recursive?: boolean | undefined;
  /** Patterns for names, or for paths below a folder: TIFFs that match none are skipped. */
  readonly include?: readonly string[] | undefined;
  /** Patterns for TIFFs to skip. */
  readonly exclude?: readonly string[] | undefined;
  /**
   * The maximum number of TIFFs converted at once; memory may allow fewer. Default: the number of
   * cores.
   */
  readonly jobs?: number | undefined;
  /**
   * The memory for all conversions together, in bytes. Default: that of the machine or container.
   */
  readonly memoryBytes?: number | undefined;
  /**
   * Whether to convert up-to-date TIFFs again and replace existing files; TIFFs are never replaced.
   * Default: false.
   */
  readonly overwrite?: boolean | undefined;
  /** Whether to skip TIFFs whose JPEGs exist, whatever made them. Default: false. */
  readonly skipExisting?: boolean | undefined;
  /**
   * Whether to record the results in a file `.arke-tiff.jsonl` beside the JPEGs, so that the next
   * run skips what is up to date. Default: true.
   */
  readonly record?: boolean | undefined;
  /** Whether to record and compare the SHA-256 of TIFFs and JPEGs. Default: false. */
  readonly checksum?: boolean | undefined;
  /**
   * Whether to compare each JPEG with its TIFF before it gets its name; one that differs too much
   * fails. Default: false.
   */
  readonly verify?: boolean | undefined;
  /** Whether JPEGs get the modification times of their TIFFs. Default: false. */
  readonly preserveTimestamps?: boolean | undefined;
  /**
   * What to refuse: TIFFs that would lose these (`LOSS`); with `warning`, TIFFs whose JPEG has or
   * would have a note (`WARNING`). Default: nothing.
   */
  readonly failOn?: readonly FailKind[] | undefined;
  /** Whether the run ends with the first failed TIFF. Default: false. */
  readonly failFast?: boolean | undefined;
  /** Whether to only predict what the run would do, and write nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Ends the run: unfinished files are discarded, and the last event says how many remain. */
  readonly signal?: AbortSignal | undefined;
}

const switches = {
  recursive: v.optional(flag),
  skipExisting: v.optional(flag),
  record: v.optional(flag),
  checksum: v.optional(flag),
  verify: v.optional(flag),
  preserveTimestamps: v.optional(flag),
  dryRun: v.optional(flag),
  failFast: v.optional(flag),
};

const schema = v.strictObject({
  ...conversionOptions,
  ...switches,
  pages: v.optional(pages),
  outDir: v.optional(text),
  include: v.optional(texts),
  exclude: v.optional(texts),
  failOn: v.optional(v.array(oneOf(failKinds))),
  jobs: v.optional(wholeNumber(1, 10_000)),
});

/**
 * Converts many local TIFFs, as many at once as cores and memory permit, and yields events. Skips
 * TIFFs whose JPEGs are up to date: to resume a run, start it again. A failed TIFF does not stop
 * the others.
 *
 * `inputs` are files, folders and patterns, as for the command `convert`, or pairs of a TIFF and
 * the path of its JPEG. JPEGs get their names only when they are complete. Files that the run has
 * not recorded as its own are replaced only with `overwrite: true`, and TIFFs never. The run ends
 * when the caller stops reading the events. Paths in events that are not UTF-8 contain lone
 * surrogates (`bytesOfPath`, `shownPath`), and so do messages with such paths.
 *
 * @returns Events, with times in milliseconds and sizes in bytes. `file.ended` reports how a TIFF
 *   ended, and the last one, `collection.ended`, is the summary of the run.
 * @throws `OptionsError` (`INVALID_OPTIONS`) listing all wrong options, at the call or, if outputs
 *   collide, at the first event; `FileError` (`FILE`) at the first event if a folder has no TIFF or
 *   no temporary folder can be made; `ArkeError` (`BUNDLED`) if files of the package are missing.
 *   Errors of a single TIFF are in its `file.ended`.
 * @example
 * ```ts
 * import { convertCollection } from 'arke-tiff';
 *
 * for await (const event of convertCollection(['scans'], { recursive: true, outDir: 'jpegs' })) {
 *   if (event.event === 'file.ended' && event.status === 'failed')
 *     console.error(`${event.input}: ${event.error.message}`);
 *   if (event.event === 'collection.ended') console.log(`${event.converted} of ${event.files} converted`);
 * }
 * ```
 */
export function convertCollection(
  inputs: readonly (string | CollectionInput)[],
  options: CollectionOptions = {},
): AsyncGenerator<CollectionEvent, void> {
  const problems = [...inputProblems(inputs), ...optionProblems(schema, options)];
  if (problems.length > 0) throw new OptionsError(problems);
  refuseBundled();
  return convertAll(inputs, options);
}

async function* convertAll(
  inputs: readonly (string | CollectionInput)[],
  options: CollectionOptions,
): AsyncGenerator<CollectionEvent, void> {
  const run = runOptions(options);
  const { found, unread, warnings } = await findTiffs(inputs, options, run.signal);
  const { conversions, warnings: more } = await planOutputs(found, run);
  yield* withWarnings(runCollection(conversions, { ...run, unread }), [...warnings, ...more]);
}

function runOptions(options: CollectionOptions): RunOptions {
  const { failOn = [], verify, signal } = options;
  return {
    encoder: encoderSettings(options),
    pages: parsePages(`${options.pages ?? 'first'}`),
    budget: budgetOf(options),
    jobs: options.jobs ?? availableParallelism(),
    force: options.overwrite ?? false,
    forcedBy: FORCED_BY,
    skipExisting: options.skipExisting,
    keptBy: 'skipExisting: true',
    outDir: options.outDir,
    keepRecord: options.record ?? true,
    checksum: options.checksum ?? false,
    verify: verify ? defaultLikenessBounds : undefined,
    preserveTimestamps: options.preserveTimestamps ?? false,
    failFast: options.failFast ?? false,
    dryRun: options.dryRun ?? false,
    strict: { failOn: new Set(failOn), names: optionNames },
    signal: signal ?? new AbortController().signal,
    program: programName(),
  };
}
