import { availableParallelism } from 'node:os';
import { Args, Flags, type Interfaces } from '@oclif/core';
import { reportBatch } from '../cli/batch/report-batch.ts';
import {
  type ReportTarget,
  reportFlags,
  reportTargetOf,
  reportUrlsIn,
} from '../cli/batch/report-flags.ts';
import { askAtTerminal } from '../cli/callback/ask.ts';
import { CollectionCommand } from '../cli/collection/collection-command.ts';
import { anyRunFlags, inputFlags } from '../cli/collection/flags.ts';
import { followCollection } from '../cli/collection/follow-collection.ts';
import { leaveRun } from '../cli/collection/leave-run.ts';
import { type CollectionOutcome, showCollection } from '../cli/collection/view.ts';
import {
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
import { convertObjects } from '../lib/batch/convert-objects.ts';
import { findTiffs } from '../lib/batch/find-tiffs.ts';
import { BATCH_RETRY, type BatchOptions, places } from '../lib/batch/options.ts';
import { defaultLikenessBounds } from '../lib/convert/verify/likeness.ts';
import { messageOf, SettingsError } from '../lib/errors.ts';
import { exitCodes, stopSignals } from '../lib/exit-codes.ts';
import { createRedactor, type Redactor } from '../lib/redact.ts';
import { noPictures } from '../lib/report/picture-source.ts';
import { InterruptedError } from '../lib/stop.ts';
import { closeStorage, openStorage, type Storage } from '../lib/storage/client.ts';
import type { ListedObject } from '../lib/storage/list-objects.ts';
import {
  readCallbackSecret,
  readConversionBudget,
  secretsOf,
  urlsOf,
} from '../lib/task/settings.ts';

type BatchFlags = Interfaces.InferredFlags<typeof Batch.flags> & { readonly quiet: boolean };

/** What is to be reported. */
interface Reported {
  readonly flags: BatchFlags;
  readonly prefix: string;
  readonly target: ReportTarget;
}

/** How the whole bucket is named, and a prefix may be. */
const R2 = 'r2://';

export default class Batch extends CollectionCommand {
  static override summary = 'Convert every TIFF under a prefix in R2, from this machine.';

  static override description =
    `Each TIFF is downloaded, converted as "run" does, and its JPEG uploaded beside it: image.tif becomes image.jpg. No callbacks are sent, unless --report-to says where to.
A prefix is what keys begin with, not a folder: end it with / to mean one. ${R2} alone is the whole bucket. A TIFF is what is called .tif or .tiff.

Existing objects are replaced only if their metadata say that they were made of the same TIFF, TIFFs never; where another object is in the way
the JPEG is called after the whole name: image.tif.jpg. What is up to date by its metadata (TIFF, settings and versions are as they were) is
skipped, whether "run" has made it or this. So a run that was stopped is gone on with by starting it again.
A TIFF that fails does not keep others from being converted.

--report-to brings a batch home whose machines or callbacks were lost. Start it only once the machines of the batch have ended, about 2 minutes after the last one was started: a task that still runs reports again what this has sent. What has no JPEG is converted, and the success of each TIFF is sent that the orchestrator is not known to have. Deliveries are known from marks in the outbox and from --log. A JPEG that was there before and of which neither tells is unknown, whoever made it, "batch" as well: it is counted in the plan, and only --include-unknown sends it. TIFFs whose task is not certain, as when two keys share an id, are named and not sent; --exclude goes on without them, --task-id names the task of one. No error is ever sent. The exit code is 0 only if the orchestrator has all chosen pictures (--dry-run: or would have them).

Temporary files go to TMPDIR: at most twice as many TIFFs as --jobs at a time (with one job three).
R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY come from the environment or --env-file.`;

  static override usage = [
    '<%= command.id %> PREFIX [FLAGS]',
    '<%= command.id %> PREFIX --report-to URL --outbox-prefix PREFIX [FLAGS]',
  ];

  static override examples = [
    {
      description: 'See first what there is to do, and what it would take',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/ --bucket arke-staging --dry-run',
    },
    {
      description: 'Convert all TIFFs under a prefix, and write a page for who must vouch for them',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/ --env-file r2.env --verify --report report.html',
    },
    {
      description:
        'Bring a batch home: convert and report what is missing, after a look at the plan',
      command:
        '<%= config.bin %> <%= command.id %> staging/batch_abc/ --report-to "https://example.com/callback/{batch_id}/{task_id}" --outbox-prefix arke-outbox --log fly.log --env-file r2.env',
    },
    {
      description: 'Convert some of the TIFFs of a whole bucket',
      command: `<%= config.bin %> <%= command.id %> ${R2} --include "maps/**" --exclude "*_raw.tif"`,
    },
  ];

  static override args = {
    prefix: Args.string({
      description: `What the keys of the TIFFs begin with; ${R2} for the whole bucket.`,
      required: true,
    }),
  };

  static override flags = {
    on: Flags.option({
      summary: 'Where the TIFFs are converted: on this machine.',
      options: places,
      default: 'local' as const,
    })(),
    force: Flags.boolean({
      char: 'f',
      summary: 'Convert what is up to date, too; still replace nothing but JPEGs of the same TIFF.',
    }),
    page: pageFlag(),
    include: inputFlags.include,
    exclude: inputFlags.exclude,
    ...anyRunFlags,
    ...reportFlags,
    ...encoderFlags,
    ...storageFlags,
  };

  /** The command line holds the address of callbacks, and messages of wrong usage quote that. */
  protected override get redact(): Redactor {
    const environment = processEnvironment();
    const urls = [...urlsOf(environment), ...reportUrlsIn(this.argv)];
    return createRedactor(secretsOf(environment), urls);
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Batch);
    const target = reportTargetOf(flags, this.#ask() !== undefined);
    await refuseReportPaths(flags.report ?? []);
    const prefix = prefixOf(args.prefix);
    const storage = await openStorage(storageSettingsOf(flags));
    try {
      const tiffs = await this.#find(storage, prefix, flags);
      if (target) return await this.#report(storage, tiffs, { flags, prefix, target });
      const outcome = await this.#convert(storage, tiffs, flags);
      return this.resultOf(
        outcome,
        tiffs.map(({ key }) => key),
      );
    } finally {
      closeStorage(storage);
    }
  }

  async #find(
    storage: Storage,
    prefix: string,
    flags: BatchFlags,
  ): Promise<readonly ListedObject[]> {
    const { include = [], exclude = [] } = flags;
    const reporter = await this.reporter({ quiet: flags.quiet || flags['json-lines'] });
    const activity = reporter.begin(`Looking for TIFFs under ${prefix || R2}`);
    try {
      const tiffs = await findTiffs(
        storage,
        { prefix, include, exclude },
        {
          policy: BATCH_RETRY,
          signal: this.stopSignal,
          onRetry: ({ error, delayMs }) =>
            reporter.warn(`${messageOf(error)} Trying again in ${delayMs} ms`),
        },
      );
      activity.done();
      return tiffs;
    } catch (error) {
      activity.failed();
      throw error;
    }
  }

  async #convert(
    storage: Storage,
    tiffs: readonly ListedObject[],
    flags: BatchFlags,
  ): Promise<CollectionOutcome> {
    const startedAt = new Date();
    const reports = flags.report ?? [];
    const views = await this.views(flags);
    this.onSecondStop((name) => leaveRun(name, [], views));
    return withKeptPictures(reports, async (pictures) => {
      const options = this.#options(storage, flags);
      const events = convertObjects(tiffs, { ...options, onMade: pictures?.keep });
      const run = { events, warnings: [], signal: this.stopSignal };
      const outcome = await followCollection(run, views);
      const about = { program: this.program, startedAt, settings: options.encoder };
      await writeReportsWith(pictures ?? noPictures, outcome, { ...about, paths: reports });
      return outcome;
    });
  }

  async #report(
    storage: Storage,
    tiffs: readonly ListedObject[],
    { flags, prefix, target }: Reported,
  ): Promise<unknown> {
    const request = { policy: BATCH_RETRY, signal: this.stopSignal };
    const secret = readCallbackSecret(processEnvironment());
    const isQuiet = flags.quiet || this.jsonEnabled();
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
      reporter: await this.reporter(flags),
      result: (line) => this.result(this.clean(line)),
      note: (line) => (isQuiet ? undefined : this.note(line)),
      convert: async (chosen, { dryRun, isShown }) => {
        const how = { ...flags, 'dry-run': dryRun };
        if (isShown || (!dryRun && flags.report)) return this.#convert(storage, chosen, how);
        return showCollection(convertObjects(chosen, this.#options(storage, how)), []);
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

  #options(storage: Storage, flags: BatchFlags): BatchOptions {
    return {
      storage,
      encoder: encoderSettingsOf(flags),
      pages: flags.page,
      force: flags.force,
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

/** An empty prefix would be the whole bucket, which a variable that is not set should not mean. */
function prefixOf(text: string): string {
  if (text === '') throw new SettingsError([`PREFIX is empty; ${R2} means the whole bucket`]);
  return text.startsWith(R2) ? text.slice(R2.length) : text;
}
