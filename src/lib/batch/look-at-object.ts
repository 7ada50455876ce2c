import type { SkippedRecord, SourceRecord } from '../collection/events.ts';
import { failureOf } from '../collection/failure.ts';
import type { DueItem, Look, LookingTools } from '../collection/item.ts';
import { describePages, planPages } from '../collection/plan-pages.ts';
import { type ChosenPages, chooseRemotePages } from '../convert/choose-pages.ts';
import { firstPage, pageNumbered } from '../convert/pages.ts';
import { copyBytes, pageFile } from '../convert/plan/readable.ts';
import { outputKeys } from '../keys.ts';
import { isSameEtag } from '../storage/etags.ts';
import type { ListedObject } from '../storage/list-objects.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { openRangedReader } from '../storage/ranged-reader.ts';
import {
  findAllOutputs,
  findOutputs,
  finished,
  leftPages,
  leftPagesMessage,
  type Outputs,
  outputsKnowing,
  type PageOutput,
} from '../task/page-outputs.ts';
import { type BatchRun, outputRequest, requestOptions } from './batch-run.ts';
import { objectToConvert } from './object-to-convert.ts';
import { type DueObject, openPages, tellOfKeys } from './open-pages.ts';

/**
 * Finds out what is to be done with a TIFF: its JPEGs are looked for as a task looks for them, and if they are not up to date its
 * directories are read, nothing else of it. Throws the signal's reason.
 */
export async function lookAtObject(
  listed: ListedObject,
  run: BatchRun,
  tools: LookingTools,
): Promise<Look> {
  const { key, size } = listed;
  const start = performance.now();
  const unknown = { kind: undefined, pixels: undefined };
  const source = { input: key, output: outputKeys(key)[0], source_bytes: size, ...unknown };
  // What is found out on the way is told of one that fails, too.
  const known = { source: source as SourceRecord };
  try {
    return await look(listed, known, run, tools);
  } catch (error) {
    tools.signal.throwIfAborted();
    const ms = Math.round(performance.now() - start);
    return { ...known.source, status: 'failed', ms, error: failureOf(error) };
  }
}

/** What is known so far. */
interface Known {
  source: SourceRecord;
}

async function look(
  { key, etag }: ListedObject,
  known: Known,
  run: BatchRun,
  tools: LookingTools,
): Promise<Look> {
  const { storage, pages, force } = run.options;
  const listed = await findOutputs(await outputRequest(key, etag, run, tools));
  // As it was when the run began: one that is replaced later is for the next run.
  if (!force) {
    const jpeg = finished(listed);
    if (jpeg) return skipped(known, jpeg);
  }
  const tiff = await openRangedReader(storage, key, requestOptions(run, tools));
  const { info } = tiff;
  known.source = { ...known.source, source_bytes: info.size };
  const outputs = isSameEtag(info.etag, etag)
    ? listed
    : await findOutputs(await outputRequest(key, info.etag, run, tools));
  const chosen = await chooseRemotePages(tiff, info.size, pages, key);
  known.source = { ...known.source, ...describePages(chosen) };
  const read = outputsKnowing(outputs, firstPage(chosen.header));
  const all = pages === 'all' ? await findAllOutputs(read, chosen.numbers.length) : read;
  const open = openPages(all, force);
  if (!open) return skipped(known, finished(all));
  sayWhatIsLeft(all, chosen, key, tools);
  return dueItem({ info, chosen, outputs: all, open }, known, run, tools);
}

function skipped({ source }: Known, jpeg: ObjectInfo | undefined): SkippedRecord {
  // Neither TIFF nor JPEG is read for this, so nothing else is known of them.
  return { ...source, output: jpeg?.key ?? source.output, status: 'skipped', pages: [] };
}

/** JPEGs of pages that the TIFF no longer has. */
function sayWhatIsLeft(
  { first }: Outputs,
  { numbers }: ChosenPages,
  key: string,
  { warn }: LookingTools,
): void {
  const message = leftPagesMessage(leftPages(first, numbers.length), key);
  if (message !== undefined) warn('PAGES_LEFT', `${message}.`);
}

/** What a look has found out of a TIFF that is to be converted. */
interface Found extends Omit<DueObject, 'source' | 'header'> {
  readonly chosen: ChosenPages;
}

async function dueItem(
  { chosen: { header }, outputs, open, info }: Found,
  known: Known,
  run: BatchRun,
  tools: LookingTools,
): Promise<DueItem> {
  const { encoder, pages, verify } = run.options;
  const due = { header, numbers: numbersOf(open) };
  const output = keyOf(outputs.first);
  const source = { ...known.source, output, ...describePages(due) };
  known.source = source;
  const planning = { name: info.key, output, pages, encoder, verify: verify !== undefined };
  const plans = planPages(due, { ...planning, limits: await tools.limits() });
  tellOfKeys(info.key, open, run, tools);
  const jpegBytes = plans.reduce((sum, { output_bytes }) => sum + (output_bytes ?? 0), 0);
  const wanted = due.numbers.map((number) => pageNumbered(header, number, info.key));
  const scratchBytes = copyBytes(wanted, pageFile(header, info.key));
  const object = { source, info, header, outputs, open };
  return {
    status: 'due',
    source,
    plans: withKeys(plans, open),
    peakBytes: Math.max(...plans.map(({ peak_bytes }) => peak_bytes)),
    ...objectToConvert(object, info.size + jpegBytes + scratchBytes, run, tools),
  };
}

function numbersOf([first, ...others]: Found['open']): readonly [number, ...number[]] {
  return [first.number, ...others.map(({ number }) => number)];
}

function keyOf({ slot }: PageOutput): string {
  return slot.kind === 'done' ? slot.object.key : slot.key;
}

/** Plans know names as local files have them; those of objects depend on what lies there. */
function withKeys(
  [first, ...others]: DueItem['plans'],
  [firstPage, ...pages]: Found['open'],
): DueItem['plans'] {
  const rest = others.map((plan, i) => ({ ...plan, output: pages[i]?.slot.key ?? plan.output }));
  return [{ ...first, output: firstPage.slot.key }, ...rest];
}
