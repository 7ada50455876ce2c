import { Args, Flags, type Interfaces } from '@oclif/core';
import type { ChosenViews } from '../cli/collection/choose-views.ts';
import { CollectionCommand } from '../cli/collection/collection-command.ts';
import {
  collectionFlagNames,
  inputFlagNames,
  inputFlags,
  inputRequestOf,
  runFlags,
} from '../cli/collection/flags.ts';
import { followCollection } from '../cli/collection/follow-collection.ts';
import { leaveRun } from '../cli/collection/leave-run.ts';
import { collectionOptionsOf, isSingle, planRun } from '../cli/collection/plan-run.ts';
import { singleView } from '../cli/collection/single-view.ts';
import { refuseReportPaths, writeReports } from '../cli/collection/write-reports.ts';
import { convertStream } from '../cli/convert-stream.ts';
import {
  encoderFlags,
  encoderSettingsOf,
  pageFlag,
  strictFlags,
  strictnessOf,
} from '../cli/flags.ts';
import { outputTaken, STANDARD_STREAM } from '../cli/standard-streams.ts';
import { type FoundInputs, findInputs } from '../lib/collection/inputs/find-inputs.ts';
import { runCollection } from '../lib/collection/run-collection.ts';
import type { LocalConversion } from '../lib/convert/local-files.ts';
import { SettingsError } from '../lib/errors.ts';

type ConvertFlags = Interfaces.InferredFlags<typeof Convert.flags> & { readonly quiet: boolean };

export default class Convert extends CollectionCommand {
  static override summary = 'Convert local TIFFs to JPEG, one file or a whole collection.';

  static override description =
    `Converts as "run" does, with the same settings. Without --output or --out-dir, each JPEG is written beside its TIFF.
--page all writes one JPEG per page: scan.jpg, scan.page-2.jpg, …; either all pages of a file or none.
A JPEG appears under its name only when it is complete. Existing files are overwritten only with --force, TIFFs never.
With -, the TIFF is read from stdin and the JPEG is written to stdout.

For a folder, the TIFFs in it are converted, found by name or content; -r includes subfolders, and keeps their structure below --out-dir. If two JPEGs would get the same name, the second is named scan.tiff.jpg.
A failed TIFF does not stop the others. To resume an interrupted run, run the same command again: JPEGs that are up to date, according to the record .arke-tiff.jsonl beside them, are skipped.`;

  static override examples = [
    {
      description: 'Convert a file to scan.jpg',
      command: '<%= config.bin %> <%= command.id %> scan.tif',
    },
    {
      description: 'Convert a folder and its subfolders into another folder',
      command: '<%= config.bin %> <%= command.id %> scans -r --out-dir jpegs',
    },
    {
      description: 'Preview the work and its cost',
      command: '<%= config.bin %> <%= command.id %> scans -r --out-dir jpegs --dry-run',
    },
    {
      description: 'Compare each JPEG with its TIFF, and record checksums of both',
      command: '<%= config.bin %> <%= command.id %> scans -r --verify --checksum sha256',
    },
    {
      description: 'Convert the files that another program finds',
      command:
        '$ find scans -name "*.tif" -newer last -print0 | <%= config.bin %> <%= command.id %> --files-from - --out-dir jpegs',
    },
    {
      description: 'Convert all pages of a file to scan.jpg, scan.page-2.jpg, …',
      command: '<%= config.bin %> <%= command.id %> scan.tif --page all',
    },
    {
      description: 'Convert in a pipe',
      command: '$ cat scan.tif | <%= config.bin %> <%= command.id %> - > scan.jpg',
    },
  ];

  static override args = {
    paths: Args.string({
      name: 'PATH',
      description: 'TIFF files, folders or patterns; - for stdin.',
      required: false,
      multiple: true,
    }),
  };

  static override flags = {
    output: Flags.string({
      char: 'o',
      summary: 'Write the single JPEG to this file; - for stdout.',
      helpValue: 'FILE',
      exclusive: ['out-dir'],
    }),
    'out-dir': Flags.string({ summary: 'Write the JPEGs to this folder.', helpValue: 'DIR' }),
    force: Flags.boolean({
      char: 'f',
      summary: 'Convert again even if up to date, and overwrite existing files (never TIFFs).',
    }),
    page: pageFlag,
    ...strictFlags,
    ...inputFlags,
    ...runFlags,
    ...encoderFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Convert);
    for (const name of ['output', 'out-dir'] as const)
      if (flags[name] === '') throw new SettingsError([`--${name} is empty`]);
    await refuseReportPaths(flags.report ?? [], flags['out-dir']);
    const paths = args.paths ?? [];
    if (paths.includes(STANDARD_STREAM) || flags.output === STANDARD_STREAM)
      return this.#convertStream(paths, flags);
    const request = inputRequestOf(paths, flags);
    const inputs = await findInputs(request, process.stdin, this.stopSignal);
    const { found, unread, warnings } = inputs;
    const nothingToSay = unread.length + warnings.length === 0;
    const single = isSingle(found, paths, flags);
    const { conversions, warnings: more } = await planRun(found, flags);
    const run = { conversions, unread, warnings: [...warnings, ...more], keepRecord: !single };
    const alone = single && nothingToSay && !collectionFlagNames.some((name) => flags[name]);
    const views = alone ? await this.#singleViews(found[0].input, flags) : await this.views(flags);
    return this.#convert(run, views, flags);
  }

  async #convertStream(paths: readonly string[], flags: ConvertFlags): Promise<unknown> {
    const [input = STANDARD_STREAM, ...others] = paths;
    if (others.length > 0) throw new SettingsError(['- must be the only PATH']);
    if (flags['out-dir'])
      throw new SettingsError(['--out-dir cannot be used with -; use --output']);
    for (const name of [...inputFlagNames, ...collectionFlagNames])
      if (flags[name]) throw new SettingsError([`--${name} cannot be used with -`]);
    const { output = STANDARD_STREAM, page: pages } = flags;
    const stream = { input, output, pages, json: this.jsonEnabled(), signal: this.stopSignal };
    return convertStream(stream, async (conversion) => {
      const shown = output !== STANDARD_STREAM;
      const views = await this.#singleViews(conversion.source?.name ?? input, flags, shown);
      return this.#convert(
        { conversions: [conversion], unread: [], warnings: [], keepRecord: false },
        views,
        flags,
      );
    });
  }

  /**
   * The views of a run over one file; its result is not shown if the JPEG itself goes to stdout.
   */
  async #singleViews(name: string, flags: ConvertFlags, shown = true): Promise<ChosenViews> {
    if (this.jsonEnabled()) return this.views(flags);
    const result = (line: string) => this.result(this.clean(line));
    return singleView({
      name,
      reporter: await this.reporter(flags),
      result: shown ? result : undefined,
      count: flags.quiet ? (line) => this.note(line) : undefined,
      taken: () => outputTaken(this.stopSignal),
    });
  }

  async #convert(
    { conversions, unread, warnings, keepRecord }: ConvertRun,
    views: ChosenViews,
    flags: ConvertFlags,
  ): Promise<unknown> {
    const startedAt = new Date();
    const encoder = encoderSettingsOf(flags);
    const options = collectionOptionsOf(flags, {
      encoder,
      strict: strictnessOf(flags),
      keepRecord,
      unread,
      signal: this.stopSignal,
      program: this.program,
    });
    const events = runCollection(conversions, options);
    this.onSecondStop((name) => leaveRun(name, conversions, views));
    const outcome = await followCollection({ events, warnings, signal: options.signal }, views);
    await writeReports(outcome, {
      paths: flags.report ?? [],
      program: this.program,
      startedAt,
      encoder,
      jobs: options.jobs,
      signal: options.signal,
    });
    return this.resultOf(
      outcome,
      conversions.map(({ input }) => input),
    );
  }
}

/** The inputs of a run, and the findings of its search. */
interface ConvertRun extends Pick<FoundInputs, 'unread' | 'warnings'> {
  readonly conversions: readonly LocalConversion[];
  readonly keepRecord: boolean;
}
