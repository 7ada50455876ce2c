import { choosePages, type PageSelection } from '../../convert/choose-pages.ts';
import type { LocalConversion } from '../../convert/local-files.ts';
import { maySeveral } from '../../convert/pages.ts';
import { refuseLosses } from '../../convert/strictness.ts';
import { FileError } from '../../errors.ts';
import { FORCE_FLAG, type OutputRules, refuseOutput } from '../../local-output.ts';
import { pageOutputs, writePages } from '../../outputs/local-pages.ts';
import { smallerCopyProblem } from '../../outputs/smaller-copies.ts';
import { hasJpegSignature } from '../../tiff-signature.ts';
import { sha256Of } from '../checksum.ts';
import type { SkippedRecord, SourceRecord } from '../events.ts';
import { failureOf } from '../failure.ts';
import { type FileState, readableState } from '../file-state.ts';
import type {
  CollectionItem,
  Converted,
  ConvertingTools,
  DueItem,
  PlanningTools,
} from '../item.ts';
import type { CollectionRunOptions } from '../options.ts';
import { placesFor } from '../places.ts';
import { describePages, type PlannedPages, planPages } from '../plan-pages.ts';
import { RECORD_NAME } from '../record/output-record.ts';
import type { RecordLine } from '../record/record-line.ts';
import type { OutputRecords } from '../record/records.ts';
import { finishPages } from './finish.ts';
import { pageShownBy, warnOfPages } from './pages-before.ts';
import { knownOutputs, type Recorded } from './recorded.ts';
import { renewLines } from './renew.ts';
import type { Sources } from './sources.ts';
import { pageRecordOf, upToDate } from './up-to-date.ts';

/** What all local TIFFs of a run share. */
export interface LocalRun {
  readonly options: CollectionRunOptions;
  /** Undefined where none is kept. */
  readonly records: OutputRecords | undefined;
  readonly sources: Sources;
}

/** A TIFF of a run, and where it lies. */
interface LocalTiff {
  readonly path: string;
  /** How it is called in messages. */
  readonly name: string;
}

/** A local TIFF as an item of a run. */
export function localItem(
  { input, output, source: tiff = { path: input, name: input } }: LocalConversion,
  run: LocalRun,
): CollectionItem {
  const { path, name } = tiff;
  const sourceBytes = run.sources.bytesOf(path);
  const known = { input, output, source_bytes: sourceBytes, kind: undefined, pixels: undefined };
  return {
    input,
    output,
    sourceBytes,
    plan: async (tools) => {
      const start = performance.now();
      let source: SourceRecord = known;
      try {
        const state = await readableState(path);
        source = { ...known, source_bytes: state.bytes };
        const recorded = await recordedFor(source, path, state, run, tools);
        const skipped = recorded && (await skip(source, recorded, run.options, tools));
        if (skipped) return skipped;
        const { pages, skipExisting } = run.options;
        const shown = skipExisting ? await pageShownBy(output, recorded) : undefined;
        // Without a look at the TIFF where that is not needed to know its pages.
        const isPlain = !maySeveral(pages) && isShown(pages === 'first' ? 1 : pages, shown);
        if (skipExisting && isPlain && (await hasJpegSignature(output))) return existing(source);
        const chosen = await choosePages(path, pages, name);
        const [first] = chosen.numbers;
        if (!isShown(first, shown))
          tools.warn(
            'OTHER_PAGE',
            `${output} is page ${shown} of ${name}, not page ${first}, and is kept.`,
          );
        const targets = await targetsOf(output, chosen, skipExisting);
        if (!targets) return existing(source);
        source = { ...source, ...describePages(targets) };
        return await dueItem(source, { tiff, chosen: targets, state, recorded }, run, tools);
      } catch (error) {
        tools.signal.throwIfAborted();
        const ms = Math.round(performance.now() - start);
        return { ...source, status: 'failed', ms, error: failureOf(error) };
      }
    },
  };
}

/** Whether a JPEG shows this page, as far as that is known. */
function isShown(page: number, shown: number | undefined): boolean {
  return shown === undefined || shown === page;
}

/** The record of a TIFF whose JPEGs exist. */
function existing(source: SourceRecord): SkippedRecord {
  return { ...source, status: 'skipped', existing: true, pages: [] };
}

/** The pages to make, with their outputs, and how many JPEGs the TIFF has in all. */
interface Targets extends PageSelection {
  readonly outputs: readonly string[];
  readonly count: number;
}

/** Those of the chosen pages that are to be made; undefined if all JPEGs exist. */
async function targetsOf(
  output: string,
  { header, numbers }: PageSelection,
  skipExisting = false,
): Promise<Targets | undefined> {
  const outputs = pageOutputs(output, numbers);
  const count = outputs.length;
  if (!skipExisting) return { header, numbers, outputs, count };
  const made = await Promise.all(outputs.map(hasJpegSignature));
  const isOpen = (_: unknown, index: number) => !made[index];
  const [first, ...others] = numbers.filter(isOpen);
  if (first === undefined) return undefined;
  return { header, numbers: [first, ...others], outputs: outputs.filter(isOpen), count };
}

/** What is recorded beside the output; undefined where no record is kept. */
async function recordedFor(
  { output }: SourceRecord,
  path: string,
  source: FileState,
  { records, options }: LocalRun,
  { signal }: PlanningTools,
): Promise<Recorded | undefined> {
  const record = await records?.beside(output);
  if (!record) return undefined;
  let hash: Promise<string> | undefined;
  const sourceHash = () => {
    hash ??= sha256Of(path, signal);
    return hash;
  };
  return {
    record,
    input: path,
    source,
    sourceHash: options.checksum ? sourceHash : undefined,
    signal,
  };
}

async function skip(
  source: SourceRecord,
  recorded: Recorded,
  options: CollectionRunOptions,
  { versions }: PlanningTools,
): Promise<SkippedRecord | undefined> {
  if (options.force) return undefined;
  const current = await upToDate(source.output, recorded, options, versions);
  if (!current) return undefined;
  const renewed = await renewLines(current, recorded, options);
  const [first] = renewed;
  return {
    ...source,
    kind: first?.line.kind,
    pixels: first?.line.pixels,
    source_sha256: options.checksum ? first?.line.source_sha256 : undefined,
    status: 'skipped',
    pages: renewed.map(pageRecordOf),
  };
}

/** What planning has found out about a TIFF. */
interface Seen {
  readonly tiff: LocalTiff;
  readonly chosen: Targets;
  readonly state: FileState;
  readonly recorded: Recorded | undefined;
}

async function dueItem(
  source: SourceRecord,
  seen: Seen,
  run: LocalRun,
  { limits, warn }: PlanningTools,
): Promise<DueItem> {
  const { tiff, chosen, recorded } = seen;
  const { outputs } = chosen;
  const { encoder, pages, strict, force, verify, outDir } = run.options;
  await refuseLosses(tiff.path, tiff.name, strict, { encoder, pages });
  // With force only the first matters, and comparing hashes takes time.
  const ours = await knownOutputs(force ? outputs.slice(0, 1) : outputs, recorded);
  const rules = outputRules(run, ours);
  for (const one of outputs) await refuseOutput(one, rules, { makeFolder: outDir !== undefined });
  if (!force) refuseSmallerCopies(ours, run.options);
  const planning = {
    name: tiff.name,
    outputs,
    pages,
    encoder,
    strict,
    verify: verify !== undefined,
    limits: await limits(),
  };
  const planned = planPages(chosen, planning);
  const { output } = source;
  const line = ours?.get(output);
  if (line && recorded)
    await warnOfPages({ name: tiff.name, output, chosen, line, recorded }, warn);
  return {
    status: 'due',
    source,
    plans: planned.plans,
    peakBytes: planned.peakBytes,
    convert: (tools) => convertItem(source, { ...seen, rules, planned }, run, tools),
  };
}

/** Throws `FileError` if a recorded JPEG would become smaller. */
function refuseSmallerCopies(
  ours: ReadonlyMap<string, RecordLine> | undefined,
  { encoder, forcedBy = FORCE_FLAG }: CollectionRunOptions,
): void {
  for (const [output, { record }] of ours ?? []) {
    const problem = smallerCopyProblem(output, record, encoder.maxSize);
    if (problem !== undefined)
      throw new FileError(
        `Not written: ${problem}. Choose another folder for smaller copies, or use ${forcedBy} to replace it.`,
      );
  }
}

/**
 * What may happen to what lies where the JPEGs of a TIFF go; `ours` are those that were made of it.
 */
function outputRules(
  { options: { force, forcedBy, skipExisting, keptBy = '--skip-existing' }, sources }: LocalRun,
  ours: ReadonlyMap<string, unknown> | undefined,
): OutputRules {
  const { sourceWith } = sources;
  const recorded = ours && { ours, name: RECORD_NAME, keptBy: skipExisting ? undefined : keptBy };
  return { force, forcedBy, recorded, sourceWith, keepTiffs: true, jpegs: true };
}

/** A TIFF to convert. */
interface DueTiff extends Seen {
  readonly rules: OutputRules;
  readonly planned: PlannedPages;
}

async function convertItem(
  { kind, pixels }: SourceRecord,
  { tiff, chosen, state, recorded, rules, planned }: DueTiff,
  { options }: LocalRun,
  tools: ConvertingTools,
): Promise<Converted> {
  const { encoder, pages, strict, verify, outDir } = options;
  const toMake = { ...chosen, file: tiff.path, name: tiff.name };
  const target = { outputs: chosen.outputs, rules, makeFolder: outDir !== undefined };
  const places = placesFor(tools, planned, { encoder, pages, strict, verify });
  return writePages(toMake, target, places, async (made) => {
    const finishing = { tiff, source: state, kind, pixels, count: chosen.count, tools };
    const { lines, ...converted } = await finishPages(made, finishing, options);
    await recorded?.record.append(lines);
    return converted;
  });
}
