import { tmpdir } from 'node:os';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, errorSummary } from '../cli/base-command.ts';
import { inputFlags, inputRequestOf } from '../cli/collection/flags.ts';
import { type Count, countsOf } from '../cli/collection/summary.ts';
import { processEnvironment } from '../cli/environment.ts';
import {
  encoderFlags,
  encoderSettingsOf,
  pageFlag,
  storageFlags,
  storageSettingsOf,
} from '../cli/flags.ts';
import { aboutFile } from '../cli/format.ts';
import {
  createInspectionTotals,
  type InspectionTotals,
  inspectionCsv,
  inspectionCsvHead,
  inspectionLine,
} from '../cli/inspection-lines.ts';
import { describeInspection } from '../cli/inspection-text.ts';
import { holdList } from '../cli/json-document.ts';
import type { Reporter } from '../cli/reporter.ts';
import { r2SecretsHelp } from '../cli/setting-flags.ts';
import { outputTaken } from '../cli/standard-streams.ts';
import { type InspectedTiff, type TiffSources, withTiffSources } from '../cli/tiff-sources.ts';
import type { UnreadPath } from '../lib/collection/events.ts';
import { inspectFile, inspectRemote } from '../lib/convert/inspect/inspect-file.ts';
import type { InspectionOptions } from '../lib/convert/inspect/inspect-tiff.ts';
import type { Inspection } from '../lib/convert/inspect/inspection.ts';
import { limitsNow } from '../lib/convert/plan/resources.ts';
import type {
  InspectedFile,
  InspectionDocument,
  InspectionSummary,
  UninspectedFile,
} from '../lib/documents/documents.ts';
import { ArkeError, messageOf, StorageError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { redactValues } from '../lib/redact.ts';
import { BYTE_ORDER_MARK } from '../lib/report/csv.ts';
import { withSnakeCase } from '../lib/snake-case.ts';
import { closeStorage, openStorage, type Storage } from '../lib/storage/client.ts';
import type { RequestOptions } from '../lib/storage/objects.ts';
import { openRangedReader } from '../lib/storage/ranged-reader.ts';
import { readConversionBudget } from '../lib/task/settings.ts';

/** What the inspections of a run share. */
interface InspectSession extends Omit<InspectionOptions, 'name'> {
  /** Opens the bucket for the first object. */
  readonly storage: () => Promise<Storage>;
  readonly request: RequestOptions;
}

/** One TIFF and its inspection, or its error. */
type Inspected = { readonly source: InspectedTiff } & (
  | { readonly inspection: Inspection }
  | Omit<UninspectedFile, 'input'>
);

/** How inspections are shown. */
interface ShownInspection {
  readonly reporter: Reporter;
  readonly quiet: boolean;
  /** The full page of each file, even of several. */
  readonly verbose: boolean;
  readonly csv: boolean;
}

export default class Inspect extends BaseCommand {
  static override summary = 'Show what TIFFs contain, and what a conversion would change.';

  static override description =
    `Reads the structure of a TIFF, not its pixels; of an object in R2, only the bytes that hold it.
For a folder, the TIFFs in it are inspected, found by name or content as "convert" does; -r includes subfolders.
A single file is shown in full: structure, colours, compression and metadata of all pages, how "convert" would convert it here, what the JPEGs would lose with the given settings, and what is wrong with it. Several files are shown with one line each, and totals; --verbose shows all of them in full.
If "convert" would certainly refuse the file, that comes first; other files may still fail to decode.
The exit code is 1 if a TIFF would fail or something could not be read. Losses and problems do not affect it.
${r2SecretsHelp}`;

  static override usage = '<%= command.id %> [PATHS...] [FLAGS]';

  static override examples = [
    {
      description: 'Inspect a file',
      command: '<%= config.bin %> <%= command.id %> scan.tif',
    },
    {
      description: 'List what the TIFFs of a folder would lose, with other settings',
      command:
        "<%= config.bin %> <%= command.id %> scans -r --metadata all --page all --json | jq '.files[] | {input, losses}'",
    },
    {
      description: 'Inspect an object in R2 without downloading it',
      command:
        '<%= config.bin %> <%= command.id %> r2://staging/batch_abc/image.tif --bucket arke-staging',
    },
  ];

  static override args = {
    paths: Args.string({
      name: 'PATH',
      description: 'TIFF files, folders, patterns, r2://KEY for an object, or - for stdin.',
      required: false,
      multiple: true,
    }),
  };

  static override flags = {
    page: pageFlag,
    verbose: Flags.boolean({ char: 'v', summary: 'Show each of several files in full.' }),
    csv: Flags.boolean({
      summary: 'Write a table to stdout, one line per file.',
      exclusive: ['json', 'verbose'],
    }),
    ...inputFlags,
    ...encoderFlags,
    ...storageFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Inspect);
    const encoder = encoderSettingsOf(flags);
    const limits = await limitsNow(readConversionBudget(processEnvironment()), tmpdir());
    const request = inputRequestOf(args.paths ?? [], flags);
    return withTiffSources(request, this.stopSignal, async (found) => {
      const { sources } = found;
      const settings = sources.some(({ at }) => 'key' in at) ? storageSettingsOf(flags) : undefined;
      const reporter = await this.reporter(flags);
      let storage: Storage | undefined;
      const session: InspectSession = {
        encoder,
        pages: flags.page,
        limits,
        storage: async () => (storage ??= await openStorage(settings ?? storageSettingsOf(flags))),
        request: {
          signal: this.stopSignal,
          onRetry: ({ error, delayMs }) =>
            reporter.warn(`${messageOf(error)} Retrying in ${delayMs} ms`),
        },
      };
      try {
        const { quiet, verbose, csv } = flags;
        return await this.#inspectAll(found, session, { reporter, quiet, verbose, csv });
      } finally {
        if (storage) closeStorage(storage);
      }
    });
  }

  async #inspectAll(
    { sources, unread, warnings }: TiffSources,
    session: InspectSession,
    { reporter, quiet, verbose, csv }: ShownInspection,
  ): Promise<void> {
    for (const { message } of warnings) reporter.warn(message);
    const files = this.jsonEnabled() ? holdList() : undefined;
    const counts = { ok: 0, would_fail: 0, failed: 0 };
    const totals = createInspectionTotals();
    const linesOf = verbose || sources.length === 1 ? describeInspection : inspectionLines;
    if (csv) process.stdout.write(BYTE_ORDER_MARK + inspectionCsvHead());
    for (const source of sources) {
      await outputTaken(this.stopSignal);
      this.stopSignal.throwIfAborted();
      const one = await this.#inspect(source, session, reporter);
      const file = fileOf(one);
      counts[file.status]++;
      await files?.add(redactValues(withSnakeCase(file), this.redactor));
      if (csv) process.stdout.write(this.session.redact(inspectionCsv(file)));
      if (!('inspection' in one)) continue;
      totals.add(one.inspection);
      if (!files && !csv)
        for (const line of linesOf(source.name, one.inspection)) this.result(line);
    }
    // Last, where it is noticed: it concerns everything above.
    for (const { path, error } of unread) reporter.error(`${path}: ${error.message}`);
    const summary: InspectionSummary = { files: sources.length, ...counts, ...missed(unread) };
    this.#sayCounts(summary, totals, quiet);
    const rest: Omit<InspectionDocument, 'files'> = { summary, unread, warnings };
    if (files) await this.session.writeDocument({ files, ...withSnakeCase(rest) });
    if (counts.ok < sources.length || unread.length > 0) this.exit(exitCodes.failed);
  }

  /** The counts and totals in one line; with `--quiet` only if something is missing from them. */
  #sayCounts(summary: InspectionSummary, totals: InspectionTotals, quiet: boolean): void {
    const { files, ok, would_fail, failed, folders_unread, files_unread } = summary;
    const isUnread = folders_unread + files_unread > 0;
    if (this.jsonEnabled() || (!isUnread && (quiet || files === 1))) return;
    const counts: Count[] = [
      [ok, 'ok (not decoded yet)'],
      [would_fail, 'would fail'],
      [failed, 'failed'],
    ];
    // Nothing to add up where nothing could be read, and with --quiet only what is missing counts.
    const sums = quiet || ok + would_fail === 0 ? [] : [totals.text()];
    this.note([countsOf(files, counts, summary), ...sums].join('; '));
  }

  async #inspect(
    source: InspectedTiff,
    session: InspectSession,
    reporter: Reporter,
  ): Promise<Inspected> {
    try {
      return { source, inspection: await inspectSource(source, session) };
    } catch (error) {
      this.stopSignal.throwIfAborted();
      if (!(error instanceof ArkeError)) throw error;
      const summary = errorSummary(error, this.redactor);
      reporter.error(aboutFile(source.name, summary.message));
      // A conversion would meet the same error for a local file; R2 may answer differently next
      // time.
      const status = error instanceof StorageError ? 'failed' : 'would_fail';
      return { source, status, error: summary };
    }
  }
}

const inspectionLines = (name: string, inspection: Inspection) => [
  inspectionLine(name, inspection),
];

function missed(unread: readonly UnreadPath[]) {
  const count = (kind: UnreadPath['kind']) => unread.filter((one) => one.kind === kind).length;
  return { folders_unread: count('folder'), files_unread: count('file') };
}

function fileOf({ source: { input }, ...result }: Inspected): InspectedFile {
  if ('error' in result) return { input, ...result };
  const status = result.inspection.error ? 'would_fail' : 'ok';
  return { input, status, ...result.inspection };
}

/** Inspects one TIFF; of an object, only the blocks with its directories. Throws `ArkeError`s. */
async function inspectSource(
  { name, at }: InspectedTiff,
  { storage, request, ...options }: InspectSession,
): Promise<Inspection> {
  if ('path' in at) return inspectFile(at.path, { ...options, name });
  const reader = await openRangedReader(await storage(), at.key, request);
  return inspectRemote(reader, reader.info.size, { ...options, name });
}
