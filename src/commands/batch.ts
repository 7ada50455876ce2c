import { availableParallelism } from 'node:os';
import { Args, Flags, type Interfaces } from '@oclif/core';
import { CollectionCommand } from '../cli/collection/collection-command.ts';
import { anyRunFlags, inputFlags } from '../cli/collection/flags.ts';
import { followCollection } from '../cli/collection/follow-collection.ts';
import { leaveRun } from '../cli/collection/leave-run.ts';
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
import { noPictures } from '../lib/report/picture-source.ts';
import { closeStorage, openStorage, type Storage } from '../lib/storage/client.ts';
import type { ListedObject } from '../lib/storage/list-objects.ts';
import { readConversionBudget } from '../lib/task/settings.ts';

type BatchFlags = Interfaces.InferredFlags<typeof Batch.flags> & { readonly quiet: boolean };

/** How the whole bucket is named, and a prefix may be. */
const R2 = 'r2://';

export default class Batch extends CollectionCommand {
  static override summary = 'Convert every TIFF under a prefix in R2, from this machine.';

  static override description =
    `Each TIFF is downloaded, converted as "run" does, and its JPEG uploaded beside it: image.tif becomes image.jpg. Nobody is called back.
A prefix is what keys begin with, not a folder: end it with / to mean one. ${R2} alone is the whole bucket. A TIFF is what is called .tif or .tiff.

Existing objects are replaced only if their metadata say that they were made of the same TIFF, TIFFs never; where another object is in the way
the JPEG is called after the whole name: image.tif.jpg. What is up to date by its metadata (TIFF, settings and versions are as they were) is
skipped, whether "run" has made it or this. So a run that was stopped is gone on with by starting it again.
A TIFF that fails does not keep others from being converted.

Temporary files go to TMPDIR: at most twice as many TIFFs as --jobs at a time (with one job three).
R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY come from the environment or --env-file.`;

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
    ...encoderFlags,
    ...storageFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Batch);
    await refuseReportPaths(flags.report ?? []);
    const prefix = prefixOf(args.prefix);
    const storage = await openStorage(storageSettingsOf(flags));
    try {
      const tiffs = await this.#find(storage, prefix, flags);
      return await this.#convert(storage, tiffs, flags);
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
  ): Promise<unknown> {
    const startedAt = new Date();
    const reports = flags.report ?? [];
    const views = await this.views(flags);
    this.stoppedAgain = (name) => leaveRun(name, [], views);
    return withKeptPictures(reports, async (pictures) => {
      const options = this.#options(storage, flags);
      const events = convertObjects(tiffs, { ...options, onMade: pictures?.keep });
      const run = { events, warnings: [], signal: this.stopSignal };
      const outcome = await followCollection(run, views);
      const about = { program: this.program, startedAt, settings: options.encoder };
      await writeReportsWith(pictures ?? noPictures, outcome, { ...about, paths: reports });
      return this.resultOf(
        outcome,
        tiffs.map(({ key }) => key),
      );
    });
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
