import { availableParallelism } from 'node:os';
import { Args, Flags, type Interfaces } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { reportBatch } from '../cli/batch/report-batch.ts';
import {
  type ReportTarget,
  reportFlags,
  reportTargetOf,
  reportUrlsIn,
} from '../cli/batch/report-flags.ts';
import { shardFlags, shardOfFlag } from '../cli/batch/shard-flags.ts';
import { askAtTerminal } from '../cli/callback/ask.ts';
import { anyRunFlags, inputFlags } from '../cli/collection/flags.ts';
import { followCollection } from '../cli/collection/follow-collection.ts';
import { leaveRun } from '../cli/collection/leave-run.ts';
import type { Lines } from '../cli/collection/lines.ts';
import { runOrigin } from '../cli/collection/run-origin.ts';
import { endRun, viewsOf } from '../cli/collection/session-run.ts';
import { type CollectionOutcome, showCollection } from '../cli/collection/view.ts';
import {
  refuseChecksums,
  refuseReportPaths,
  withKeptPictures,
  writeReportsWith,
} from '../cli/collection/write-reports.ts';
import { processEnvironment } from '../cli/environment.ts';
import {
  encoderFlags,
  encoderSettingsOf,
  pageFlag,
  storageFlags,
  storageSettingsOf,
} from '../cli/flags.ts';
import { redactorOfProcess } from '../cli/program-process.ts';
import { r2SecretsHelp } from '../cli/setting-flags.ts';
import { convertObjects } from '../lib/batch/convert-objects.ts';
import { type FoundTiffs, findTiffs, type TiffRequest } from '../lib/batch/find-tiffs.ts';
import { readKeyList } from '../lib/batch/key-list.ts';
import { BATCH_RETRY, type BatchOptions, places } from '../lib/batch/options.ts';
import type { Shard } from '../lib/batch/shards.ts';
import { defaultLikenessBounds } from '../lib/convert/verify/likeness.ts';
import { messageOf, SettingsError } from '../lib/errors.ts';
import { exitCodes, stopSignals } from '../lib/exit-codes.ts';
import { keyIn, R2_SCHEME as R2 } from '../lib/keys.ts';
import type { Redactor } from '../lib/redact.ts';
import { noPictures } from '../lib/report/picture-source.ts';
import type { RetryNotice } from '../lib/retry.ts';
import { InterruptedError } from '../lib/stop.ts';
import { closeStorage, openStorage, type Storage } from '../lib/storage/client.ts';
import type { ListedObject } from '../lib/storage/list-objects.ts';
import { readConversionBudget, readVariable } from '../lib/task/settings.ts';

type BatchFlags = Interfaces.InferredFlags<typeof Batch.flags> & { readonly quiet: boolean };

/** The bucket, and what a list of it shows. */
type Bucket = Pick<BatchOptions, 'storage' | 'isFree'>;

/** What is to be reported. */
interface BatchReport {
  readonly flags: BatchFlags;
  readonly prefix: string;
  readonly target: ReportTarget;
}

/** What a conversion does besides. */
interface ConvertMore extends Pick<BatchOptions, 'onUploaded'> {
  /** Told how lines are written meanwhile, and from then on. */
  readonly onLines?: (lines: Lines) => void;
}

export default class Batch extends BaseCommand {
  static override summary = 'Convert every TIFF under a prefix in R2, from this machine.';

  static override description =
    `Downloads each TIFF, converts it as "run" does, and uploads the JPEG beside it: image.tif becomes image.jpg. Sends no callbacks without --report-to.
PREFIX is the beginning of the keys; end it with / to mean a folder. ${R2} alone is the whole bucket. TIFFs are the objects named .tif or .tiff.

Overwrites only JPEGs whose metadata name the same TIFF, and never a TIFF. If another object has that name, the JPEG is named image.tif.jpg. Skips JPEGs that are up to date (same TIFF, settings and versions), whether "run" or "batch" made them. To resume an interrupted run, run the same command again. A failed TIFF does not stop the others.

--report-to completes a batch whose machines or callbacks were lost. Start it only once the machines of the batch have ended, about 2 minutes after the last one was started: a task that is still running would report a second time. Converts TIFFs without a JPEG, and sends a success for each TIFF without a known delivery as soon as its JPEG is uploaded. What a stopped run has not sent waits in the outbox for the next one. Deliveries are known from outbox marks and from --log. A JPEG that existed before, and that neither mentions, is unknown, even if "batch" made it: the plan counts it, and only --include-unknown sends it. TIFFs whose task is ambiguous, for example because two keys share an id, are listed and not sent: skip them with --exclude, or name the task of one with --task-id. Errors are never sent. The exit code is 0 only if the orchestrator has all chosen pictures (with --dry-run: would have them).

Temporary files go to TMPDIR: at most two TIFFs per job at a time (three with one job).
${r2SecretsHelp}`;

  static override usage = [
    '<%= command.id %> PREFIX [FLAGS]',
    '<%= command.id %> [PREFIX] --keys FILE [FLAGS]',
    '<%= command.id %> PREFIX --report-to URL --outbox-prefix PREFIX [FLAGS]',
  ];

  static override examples = [
    {
      description: 'Preview the work and its cost',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/ --bucket arke-staging --dry-run',
    },
    {
      description: 'Convert all TIFFs under a prefix, and write an HTML report for sign-off',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/ --env-file r2.env --verify --report report.html',
    },
    {
      description:
        'Complete a batch: convert and report what is missing, after confirming the plan',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/ --report-to "https://example.com/callback/{batch_id}/{task_id}" --outbox-prefix arke-outbox --log fly.log --env-file r2.env',
    },
    {
      description: 'Convert some of the TIFFs in a bucket',
      command: `<%= config.bin %> <%= command.id %> ${R2} --include "maps/**" --exclude "*_raw.tif"`,
    },
    {
      description: 'Convert the first of eight shares; seven other processes take the rest',
      command: '<%= config.bin %> <%= command.id %> staging/batch_abc/ --shard 0/8',
    },
  ];

  static override args = {
    prefix: Args.string({
      description: `Key prefix of the TIFFs; ${R2} for the whole bucket. Required without --keys.`,
    }),
  };

  static override flags = {
    on: Flags.option({
      summary: 'Where to convert; so far only on this machine.',
      options: places,
      default: 'local' as const,
    })(),
    force: Flags.boolean({
      char: 'f',
      summary: 'Convert again even if up to date; overwrites only JPEGs of the same TIFF.',
    }),
    page: pageFlag,
    include: inputFlags.include,
    exclude: inputFlags.exclude,
    ...shardFlags,
    ...anyRunFlags,
    ...reportFlags,
    ...encoderFlags,
    ...storageFlags,
  };

  /** The command line holds the address of callbacks, and messages of wrong usage quote that. */
  protected override get redactor(): Redactor {
    return redactorOfProcess(reportUrlsIn(this.argv));
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Batch);
    const target = reportTargetOf(flags, this.#ask() !== undefined);
    await refuseReportPaths(flags.report ?? []);
    refuseChecksums(flags.report ?? []);
    const prefix = prefixOf(args.prefix, flags);
    const shard = shardOfFlag(flags.shard, processEnvironment());
    const storage = await openStorage(storageSettingsOf(flags));
    try {
      const { tiffs, isFree } = await this.#find(storage, { prefix, shard }, flags);
      const bucket = { storage, isFree };
      if (target && prefix !== undefined && tiffs.length > 0)
        return await this.#report(bucket, tiffs, { flags, prefix, target });
      const outcome = await this.#convert(bucket, tiffs, flags);
      return this.exitWith(await endRun(this.session, outcome));
    } finally {
      closeStorage(storage);
    }
  }

  async #find(
    storage: Storage,
    { prefix, shard }: Pick<TiffRequest, 'prefix' | 'shard'>,
    flags: BatchFlags,
  ): Promise<FoundTiffs> {
    const { include = [], exclude = [] } = flags;
    const reporter = await this.reporter({ quiet: flags.quiet || flags['json-lines'] });
    const options = {
      policy: BATCH_RETRY,
      signal: this.stopSignal,
      onRetry: ({ error, delayMs }: RetryNotice) =>
        reporter.warn(`${messageOf(error)} Retrying in ${delayMs} ms`),
    };
    const keys =
      flags.keys === undefined
        ? undefined
        : await readKeyList(flags.keys, storage, process.stdin, options);
    const outside = keys?.filter(({ key }) => !key.startsWith(prefix ?? '')).length ?? 0;
    if (outside > 0)
      reporter.warn(`${outside} of ${keys?.length} keys are not under ${prefix}: left out.`);
    const where = prefix === undefined ? 'of the list' : `under ${prefix || R2}`;
    const activity = reporter.begin(`Looking for TIFFs ${where}`);
    try {
      const request = { prefix, keys, include, exclude, shard };
      const found = await findTiffs(storage, request, options);
      activity.done();
      if (shard && !flags.quiet && !this.jsonEnabled()) this.note(shareText(shard, found));
      return found;
    } catch (error) {
      activity.failed();
      throw error;
    }
  }

  async #convert(
    bucket: Bucket,
    tiffs: readonly ListedObject[],
    flags: BatchFlags,
    { onUploaded, onLines }: ConvertMore = {},
  ): Promise<CollectionOutcome> {
    const startedAt = new Date();
    const reports = flags.report ?? [];
    const views = await viewsOf(this.session, flags);
    onLines?.(views.lines);
    this.session.onSecondStop((name) => leaveRun(name, [], views));
    return withKeptPictures(reports, async (pictures) => {
      const options = this.#options(bucket, flags);
      const events = convertObjects(tiffs, { ...options, onUploaded, onMade: pictures?.keep });
      const finishesUploads = onUploaded !== undefined;
      const inputs = tiffs.map(({ key }) => key);
      const run = { events, inputs, warnings: [], signal: this.stopSignal, finishesUploads };
      const outcome = await followCollection(run, views);
      const reporter = await this.reporter({ quiet: flags.quiet || flags['json-lines'] });
      const about = { program: this.program, ...runOrigin(this.session), startedAt };
      const request = { ...about, encoder: options.encoder, reporter, paths: reports };
      await writeReportsWith(pictures ?? noPictures, outcome, request);
      return outcome;
    });
  }

  async #report(
    bucket: Bucket,
    tiffs: readonly ListedObject[],
    { flags, prefix, target }: BatchReport,
  ): Promise<unknown> {
    const { storage } = bucket;
    const request = { policy: BATCH_RETRY, signal: this.stopSignal };
    const secret = readVariable('CALLBACK_SECRET', processEnvironment());
    const isQuiet = flags.quiet || this.jsonEnabled();
    const reporter = await this.reporter(flags);
    // Above the block of a conversion while there is one.
    let lines: Pick<Lines, 'result' | 'warn'> = {
      result: (line) => this.result(this.clean(line)),
      warn: reporter.warn,
    };
    const document = await reportBatch({
      storage,
      flags,
      prefix,
      tiffs,
      request,
      url: target.url,
      outbox: { storage, prefix: target.outboxPrefix, secret, request },
      userAgent: this.program,
      signal: this.stopSignal,
      ask: this.#ask(),
      reporter: { ...reporter, warn: (text) => lines.warn(text) },
      result: (line) => lines.result(line),
      note: (line) => (isQuiet ? undefined : this.note(line)),
      convert: async (chosen, { dryRun, isShown, onUploaded }) => {
        const how = { ...flags, 'dry-run': dryRun };
        const onLines = (shown: Lines) => {
          lines = shown;
        };
        if (isShown || (!dryRun && flags.report))
          return this.#convert(bucket, chosen, how, { onUploaded, onLines });
        if (!dryRun) this.session.onSecondStop((name) => leaveRun(name, [], { views: [] }));
        return showCollection(convertObjects(chosen, this.#options(bucket, how)), []);
      },
    });
    const { reason } = this.stopSignal;
    if (reason instanceof InterruptedError) this.exitWith(stopSignals[reason.signal], document);
    if (!document.complete) this.exitWith(exitCodes.failed, document);
    return document;
  }

  #ask(): ReturnType<typeof askAtTerminal> {
    return askAtTerminal(this.jsonEnabled(), this.stopSignal);
  }

  #options(bucket: Bucket, flags: BatchFlags): BatchOptions {
    return {
      ...bucket,
      encoder: encoderSettingsOf(flags),
      pages: flags.page,
      force: flags.force,
      skipExisting: flags['skip-existing'],
      budget: readConversionBudget(processEnvironment()),
      jobs: flags.jobs ?? availableParallelism(),
      verify: flags.verify ? defaultLikenessBounds : undefined,
      failFast: flags['fail-fast'],
      dryRun: flags['dry-run'],
      signal: this.stopSignal,
      program: this.program,
    };
  }
}

/**
 * Undefined if only a list of keys says what is meant. An empty prefix would be the whole bucket,
 * which a variable that is not set should not mean.
 */
function prefixOf(
  text: string | undefined,
  { keys }: { readonly keys?: string | undefined },
): string | undefined {
  if (text === '') throw new SettingsError([`PREFIX is empty; ${R2} means the whole bucket`]);
  if (text === undefined && keys === undefined)
    throw new SettingsError([`PREFIX or --keys is missing; ${R2} means the whole bucket`]);
  return text === undefined ? undefined : keyIn(text);
}

function shareText({ index, count }: Shard, { tiffs, total }: FoundTiffs): string {
  return `Shard ${index}/${count}: ${tiffs.length} of ${total} TIFFs`;
}
