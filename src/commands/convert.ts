import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { type ConvertSession, pageOptionsFor, warnOfNotes } from '../cli/conversions.ts';
import { convertFile, type FileResult } from '../cli/convert-file.ts';
import { processEnvironment } from '../cli/environment.ts';
import {
  encoderFlags,
  encoderSettingsOf,
  pageFlag,
  strictFlags,
  strictnessOf,
} from '../cli/flags.ts';
import {
  refuseBytesOnStdout,
  STANDARD_STREAM,
  saveStdin,
  sendToStdout,
} from '../cli/standard-streams.ts';
import { choosePages } from '../lib/convert/choose-pages.ts';
import { convertPage } from '../lib/convert/convert-pages.ts';
import { planLocalConversions } from '../lib/convert/local-files.ts';
import { openConverter } from '../lib/convert/process/converter.ts';
import { refuseLosses } from '../lib/convert/strictness.ts';
import { SettingsError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { readConversionBudget } from '../lib/task/settings.ts';
import { withWorkspace } from '../lib/workspace.ts';

/** Where the JPEGs go. */
interface TargetFlags {
  readonly output?: string | undefined;
  readonly 'out-dir'?: string | undefined;
  readonly force: boolean;
}

export default class Convert extends BaseCommand {
  static override summary = 'Convert local TIFFs to JPEG.';

  static override description =
    `Converts as "run" does, with the same settings. Without --output or --out-dir each JPEG lies beside its TIFF.
With --page all there is a JPEG for each page of a TIFF: scan.jpg, scan.page-2.jpg, …; all of a file or none.
A JPEG appears under its name only when it is complete. Existing files are replaced only with --force, and TIFFs never.
With - the TIFF is read from stdin and the JPEG written to stdout.`;

  static override examples = [
    {
      description: 'Convert a file to scan.jpg',
      command: '<%= config.bin %> <%= command.id %> scan.tif',
    },
    {
      description: 'Convert all TIFFs of a folder into another, keeping subfolders',
      command: '<%= config.bin %> <%= command.id %> scans --out-dir jpegs',
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
      description: 'TIFF files or folders of them; - for stdin.',
      required: true,
      multiple: true,
    }),
  };

  static override flags = {
    output: Flags.string({
      char: 'o',
      summary: 'Write the one JPEG to this file; - for stdout.',
      helpValue: 'FILE',
      exclusive: ['out-dir'],
    }),
    'out-dir': Flags.string({ summary: 'Write the JPEGs into this folder.', helpValue: 'DIR' }),
    force: Flags.boolean({ char: 'f', summary: 'Replace existing files (never TIFFs).' }),
    page: pageFlag(),
    ...strictFlags,
    ...encoderFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Convert);
    const encoder = encoderSettingsOf(flags);
    for (const name of ['output', 'out-dir'] as const)
      if (flags[name] === '') throw new SettingsError([`--${name} is empty`]);
    const budget = readConversionBudget(processEnvironment());
    const reporter = await this.reporter(flags);
    const streams = args.paths.includes(STANDARD_STREAM) || flags.output === STANDARD_STREAM;
    return withWorkspace(async (workspace) => {
      const converter = openConverter(workspace.folder);
      const session = {
        ...{ encoder, budget, reporter, workspace, converter },
        pages: flags.page,
        strict: strictnessOf(flags),
        signal: this.stopSignal,
      };
      try {
        return await (streams
          ? this.#convertStream(args.paths, flags, session)
          : this.#convertFiles(args.paths, flags, session));
      } finally {
        await converter.close();
      }
    });
  }

  async #convertFiles(
    paths: readonly string[],
    flags: TargetFlags,
    session: ConvertSession,
  ): Promise<unknown> {
    const plan = await planLocalConversions(paths, {
      output: flags.output,
      outDir: flags['out-dir'],
      pages: session.pages,
    });
    const sources = plan.map(({ input }) => input);
    const files: FileResult[] = [];
    for (const conversion of plan)
      files.push(await convertFile(conversion, { ...flags, sources, show: this.#show }, session));
    if (files.some((file) => 'error' in file)) this.exitWith(exitCodes.failed, { files });
    return { files };
  }

  async #convertStream(
    paths: readonly string[],
    flags: TargetFlags,
    session: ConvertSession,
  ): Promise<unknown> {
    const { workspace } = session;
    const [input = STANDARD_STREAM] = paths;
    const output = flags.output ?? STANDARD_STREAM;
    if (paths.length > 1) throw new SettingsError(['with - there can be only one PATH']);
    if (flags['out-dir']) throw new SettingsError(['--out-dir needs files; use --output with -']);
    if (output === STANDARD_STREAM) refuseBytesOnStdout(this.jsonEnabled());
    const fromStdin = input === STANDARD_STREAM;
    const path = fromStdin ? workspace.path('stdin.tif') : input;
    const name = fromStdin ? 'stdin' : input;
    if (fromStdin) await saveStdin(path, this.stopSignal);
    if (output !== STANDARD_STREAM) {
      const options = { force: flags.force, sources: [], path, name, show: this.#show };
      const file = await convertFile({ input, output }, options, session);
      if ('error' in file) this.exitWith(exitCodes.failed, { files: [file] });
      return { files: [file] };
    }
    const { header, numbers } = await choosePages(path, session.pages, name);
    const [number, ...others] = numbers;
    if (others.length > 0)
      throw new SettingsError([
        `--page all makes ${numbers.length} JPEGs of ${name}, and stdout takes one; use --output FILE`,
      ]);
    const { encoder, pages, strict } = session;
    await refuseLosses(path, name, strict, { encoder, pages });
    const jpeg = workspace.path('stdout.jpg');
    const options = pageOptionsFor(name, session);
    const conversion = await convertPage({ path, name, header }, number, jpeg, options);
    warnOfNotes(name, conversion, session.reporter);
    await sendToStdout(jpeg, this.stopSignal);
    return undefined;
  }

  readonly #show = (line: string) => this.result(line);
}
