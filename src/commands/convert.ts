import { dirname } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, errorSummary } from '../cli/base-command.ts';
import {
  type ConvertFileOptions,
  type ConvertSession,
  type FileResult,
  resultOf,
} from '../cli/conversions.ts';
import { processEnvironment } from '../cli/environment.ts';
import { encoderFlags, encoderSettingsOf, strictFlags } from '../cli/flags.ts';
import { formatBytes } from '../cli/format.ts';
import type { Reporter } from '../cli/reporter.ts';
import {
  refuseBytesOnStdout,
  STANDARD_STREAM,
  saveStdin,
  sendToStdout,
} from '../cli/standard-streams.ts';
import { refuseLosses, refuseWarnings, strictnessOf } from '../cli/strictness.ts';
import type { Conversion } from '../lib/convert/attempts.ts';
import { convertTiff } from '../lib/convert/convert-tiff.ts';
import { type LocalConversion, planLocalConversions } from '../lib/convert/local-files.ts';
import { startConverter } from '../lib/convert/process/converter.ts';
import { ArkeError, SettingsError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { makeOutputFolder, writeOutput } from '../lib/local-output.ts';
import { readConversionBudget } from '../lib/task/settings.ts';
import { withWorkspace } from '../lib/workspace.ts';

export default class Convert extends BaseCommand {
  static override summary = 'Convert local TIFFs to JPEG.';

  static override description =
    `Converts as "run" does, with the same settings. Without --output or --out-dir each JPEG lies beside its TIFF.
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
      const converter = startConverter(workspace.folder);
      const strict = strictnessOf(flags);
      const session = { encoder, strict, budget, reporter, workspace, converter };
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
    flags: { output?: string | undefined; 'out-dir'?: string | undefined; force: boolean },
    session: ConvertSession,
  ): Promise<unknown> {
    const plan = await planLocalConversions(paths, {
      output: flags.output,
      outDir: flags['out-dir'],
    });
    const sources = plan.map(({ input }) => input);
    const files: FileResult[] = [];
    for (const conversion of plan)
      files.push(await this.#convertFile(conversion, { ...flags, sources }, session));
    if (files.some((file) => 'error' in file)) this.exitWith(exitCodes.failed, { files });
    return { files };
  }

  async #convertFile(
    { input, output }: LocalConversion,
    options: ConvertFileOptions,
    session: ConvertSession,
  ): Promise<FileResult> {
    const { reporter } = session;
    const start = performance.now();
    const { name = input, path: tiff = input } = options;
    const activity = reporter.begin(`Converting ${name}`);
    const rules = { force: options.force, sources: options.sources, keepTiffs: true };
    try {
      if (options['out-dir'] !== undefined) await makeOutputFolder(dirname(output));
      const conversion = await writeOutput(output, rules, (path) =>
        this.#convert(tiff, path, name, session),
      );
      const ms = Math.round(performance.now() - start);
      activity.done();
      this.#warn(name, conversion, reporter);
      this.result(
        `${name} → ${output}  ${conversion.width} × ${conversion.height}, ${formatBytes(conversion.bytes)}, ${ms} ms`,
      );
      return { input, output, ms, ...resultOf(conversion) };
    } catch (error) {
      activity.failed();
      this.stopSignal.throwIfAborted();
      if (!(error instanceof ArkeError)) throw error;
      const summary = errorSummary(error, this.redact);
      reporter.error(`${name}: ${summary.message}`);
      return { input, output, error: summary };
    }
  }

  async #convertStream(
    paths: readonly string[],
    flags: { output?: string | undefined; 'out-dir'?: string | undefined; force: boolean },
    session: ConvertSession,
  ): Promise<unknown> {
    const { workspace, reporter } = session;
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
      const options = { force: flags.force, sources: [], path, name };
      const file = await this.#convertFile({ input, output }, options, session);
      if ('error' in file) this.exitWith(exitCodes.failed, { files: [file] });
      return { files: [file] };
    }
    const jpeg = workspace.path('stdout.jpg');
    this.#warn(name, await this.#convert(path, jpeg, name, session), reporter);
    await sendToStdout(jpeg, this.stopSignal);
    return undefined;
  }

  async #convert(
    tiff: string,
    jpeg: string,
    name: string,
    { encoder, strict, budget, converter, reporter }: ConvertSession,
  ): Promise<Conversion> {
    await refuseLosses(tiff, name, strict, { encoder, pages: 'first' });
    const conversion = await convertTiff(tiff, jpeg, {
      ...encoder,
      name,
      budget,
      converter,
      signal: this.stopSignal,
      onReplan: ({ message }) => reporter.warn(`${name}: ${message} Converting again with less`),
    });
    refuseWarnings(conversion, name, strict);
    return conversion;
  }

  #warn(name: string, { notes }: Conversion, reporter: Reporter): void {
    for (const { message } of notes) reporter.warn(`${name}: ${message}`);
  }
}
