import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import { flag, optionProblems, shown, text, texts, wholeNumber } from '../check-options.ts';
import type { CollectionEvent } from '../collection/events.ts';
import type { FoundInputs } from '../collection/inputs/find-inputs.ts';
import type { CollectionOptions as RunOptions } from '../collection/options.ts';
import { planOutputs } from '../collection/outputs.ts';
import { runCollection } from '../collection/run-collection.ts';
import { type EncoderSettings, encoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import { optionNames } from '../convert/setting-names.ts';
import { defaultLikenessBounds } from '../convert/verify/likeness.ts';
import { OptionsError, SettingsError } from '../errors.ts';
import { programName } from '../version.ts';
import { budgetOf, conversionOptions, FORCED_BY, pages } from './options.ts';
import { refuseBundled } from './whole-package.ts';

/** A TIFF of a collection, and the path of its JPEG: that of its first page, if several are converted. */
export interface CollectionInput {
  readonly input: string;
  /** Default: named as if `input` were given alone. */
  readonly output?: string | undefined;
}

/** The options of `convertCollection`. All have defaults; those of `EncoderSettings` are `defaultEncoderSettings`. */
export interface CollectionOptions extends Partial<EncoderSettings> {
  /** The pages of each TIFF to convert. Default: `first`. */
  readonly pages?: PagesSetting | undefined;
  /** The folder for the JPEGs, in which TIFFs of a folder keep their places. Default: beside each TIFF. */
  readonly outDir?: string | undefined;
  /** Whether TIFFs in subfolders of the folders are converted, too. Default: false. */
  readonly recursive?: boolean | undefined;
  /** Patterns for names, or for paths below a folder: TIFFs that match none are skipped. */
  readonly include?: readonly string[] | undefined;
  /** Patterns for TIFFs that are skipped. */
  readonly exclude?: readonly string[] | undefined;
  /** The most TIFFs that are converted at once, as far as memory allows. Default: the number of cores. */
  readonly jobs?: number | undefined;
  /** The memory of all conversions together, in bytes. Default: what the machine or container has. */
  readonly memoryBytes?: number | undefined;
  /** Whether TIFFs are converted that are up to date, and existing files replaced; TIFFs never are. Default: false. */
  readonly overwrite?: boolean | undefined;
  /**
   * Whether what is made is recorded in a file `.arke-tiff.jsonl` beside the JPEGs, so that the next run skips what is
   * up to date. Default: true.
   */
  readonly record?: boolean | undefined;
  /** Whether the SHA-256 of TIFFs and JPEGs is recorded and compared. Default: false. */
  readonly checksum?: boolean | undefined;
  /** Whether each JPEG is compared with its TIFF before it gets its name; one that differs too much fails. Default: false. */
  readonly verify?: boolean | undefined;
  /** Whether JPEGs get the modification times of their TIFFs. Default: false. */
  readonly preserveTimestamps?: boolean | undefined;
  /** Whether TIFFs that would lose information are refused (`LOSS`). Default: false. */
  readonly failOnLoss?: boolean | undefined;
  /** Whether a JPEG with notes is discarded, and its TIFF fails (`WARNING`). Default: false. */
  readonly warningsAsErrors?: boolean | undefined;
  /** Whether the run ends with the first TIFF that fails. Default: false. */
  readonly failFast?: boolean | undefined;
  /** Whether the run only predicts what it would do, and writes nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Ends the run: unfinished files are discarded, and the last event says how many are left. */
  readonly signal?: AbortSignal | undefined;
}

const switches = {
  recursive: v.optional(flag),
  record: v.optional(flag),
  checksum: v.optional(flag),
  verify: v.optional(flag),
  preserveTimestamps: v.optional(flag),
  dryRun: v.optional(flag),
  failOnLoss: v.optional(flag),
  warningsAsErrors: v.optional(flag),
  failFast: v.optional(flag),
};

const schema = v.strictObject({
  ...conversionOptions,
  ...switches,
  pages: v.optional(pages),
  outDir: v.optional(text),
  include: v.optional(texts),
  exclude: v.optional(texts),
  jobs: v.optional(wholeNumber(1, 10_000)),
});

const collectionInput = v.strictObject({ input: text, output: v.optional(text) });

/**
 * Converts many local TIFFs, as many at once as cores and memory permit, and yields what happens. TIFFs whose JPEGs are
 * up to date are skipped: to resume a run, start it again. A TIFF that fails does not stop the others.
 *
 * `inputs` are files, folders and patterns, as the command `convert` takes them, or pairs of a TIFF and the path of its
 * JPEG. JPEGs get their names only when they are complete. Files that the run has not recorded as its own are replaced
 * only with `overwrite: true`, and TIFFs never. A caller that stops reading the events ends the run. Paths in events that
 * are not UTF-8 have lone surrogates (`bytesOfPath`, `shownPath`), and so have messages that name them.
 *
 * @returns Events, with times in milliseconds and sizes in bytes. `file.ended` tells how a TIFF ended, and the last
 *   one, `collection.ended`, what the run came to.
 * @throws `OptionsError` (`INVALID_OPTIONS`) listing all wrong options, at the call or, when outputs meet, at the first
 *   event; `FileError` (`FILE`) at the first event when a folder has no TIFF or there can be no temporary folder;
 *   `ArkeError` (`BUNDLED`) when files of the package are missing. What is wrong with one TIFF is in its `file.ended`.
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

function inputProblems(inputs: unknown): string[] {
  if (!Array.isArray(inputs)) return ['inputs must be a list of paths'];
  return inputs.flatMap((one: unknown, index) => {
    const input = typeof one === 'string' ? { input: one } : one;
    if (typeof input !== 'object' || input === null)
      return [
        `inputs[${index}] must be a path, or an object with a path as its input, not ${shown(input)}`,
      ];
    return optionProblems(collectionInput, input).map((problem) => `inputs[${index}].${problem}`);
  });
}

async function* convertAll(
  inputs: readonly (string | CollectionInput)[],
  options: CollectionOptions,
): AsyncGenerator<CollectionEvent, void> {
  const run = runOptions(options);
  const { found, unread, warnings } = await findTiffs(inputs, options, run.signal);
  const { conversions, warnings: more } = await planOutputs(found, run);
  for await (const event of runCollection(conversions, { ...run, unread })) {
    yield event;
    if (event.event !== 'collection.started') continue;
    for (const warning of [...warnings, ...more]) yield { event: 'collection.warning', ...warning };
  }
}

/** The TIFFs that are found or named, in the order of paths, then of pairs. */
async function findTiffs(
  inputs: readonly (string | CollectionInput)[],
  { recursive = false, include = [], exclude = [] }: CollectionOptions,
  signal: AbortSignal,
): Promise<FoundInputs> {
  const paths = inputs.filter((one) => typeof one === 'string');
  const pairs = inputs.filter((one) => typeof one !== 'string');
  const named = pairs.map((pair) => ({ name: basename(pair.input), ...pair }));
  if (paths.length === 0) return { found: named, unread: [], warnings: [] };
  // Not before: a package that it needs cannot be loaded from a bundle of ES modules (`refuseBundled`).
  const { findInputs } = await import('../collection/inputs/find-inputs.ts');
  const request = { paths, recursive, include, exclude };
  const inputFiles = await findInputs(request, Readable.from([]), signal).catch(asOptions);
  return { ...inputFiles, found: [...inputFiles.found, ...named] };
}

/** What is a wrong flag to the command is a wrong option here. */
function asOptions(error: unknown): never {
  throw error instanceof SettingsError ? new OptionsError(error.problems, { cause: error }) : error;
}

function runOptions(options: CollectionOptions): RunOptions {
  const { failOnLoss = false, warningsAsErrors = false, verify, signal } = options;
  return {
    encoder: encoderSettings(options),
    pages: options.pages ?? 'first',
    budget: budgetOf(options),
    jobs: options.jobs ?? availableParallelism(),
    force: options.overwrite ?? false,
    forcedBy: FORCED_BY,
    outDir: options.outDir,
    keepRecord: options.record ?? true,
    checksum: options.checksum ?? false,
    verify: verify ? defaultLikenessBounds : undefined,
    preserveTimestamps: options.preserveTimestamps ?? false,
    failFast: options.failFast ?? false,
    dryRun: options.dryRun ?? false,
    strict: { failOnLoss, warningsAsErrors, names: optionNames },
    signal: signal ?? new AbortController().signal,
    program: programName(),
  };
}
