import type { SkippedRecord, SourceRecord } from '../collection/events.ts';
import { failureOf } from '../collection/failure.ts';
import type { DueItem, ItemPlan, PlanningTools } from '../collection/item.ts';
import { describePages, planPages } from '../collection/plan-pages.ts';
import { chooseRemotePages, type PageSelection } from '../convert/choose-pages.ts';
import { type EncoderSettings, readEncoder } from '../convert/encoder-settings.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import { reducedSides } from '../convert/max-size.ts';
import { firstPage, maySeveral, pagesOf } from '../convert/pages.ts';
import { StorageError } from '../errors.ts';
import { outputKeys } from '../keys.ts';
import {
  findAllOutputs,
  findOutputs,
  finished,
  leftPagesMessage,
  openOutputs,
  outputsKnowing,
  type PageOutput,
  pageChangedMessage,
} from '../outputs/bucket/page-outputs.ts';
import { smallerCopyProblem } from '../outputs/smaller-copies.ts';
import { isSameEtag } from '../storage/etags.ts';
import type { ListedObject } from '../storage/list-objects.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { BLOCK_BYTES, openRangedReader } from '../storage/ranged-reader.ts';
import { type BatchRun, outputRequest, requestOptions } from './batch-run.ts';
import type { TiffToBring } from './brought-tiff.ts';
import { objectToConvert } from './object-to-convert.ts';
import { type DueObject, tellOfKeys } from './open-pages.ts';

/**
 * TIFFs of at most this many blocks (512 KiB) are requested whole, so that one request is enough.
 * They stay in memory until their download's turn, for about 16 TIFFs and two for each job.
 */
const SMALL_BLOCKS = 32;

/**
 * Decides what to do with a TIFF: looks for its JPEGs as a task does and, if they are not up to
 * date, reads the TIFF's directories, or all of a small TIFF. Throws the signal's reason.
 */
export async function planObject(
  listed: ListedObject,
  run: BatchRun,
  tools: PlanningTools,
): Promise<ItemPlan> {
  const { key, size } = listed;
  const start = performance.now();
  const unknown = { kind: undefined, pixels: undefined };
  const source = { input: key, output: outputKeys(key)[0], source_bytes: size, ...unknown };
  // A failed TIFF is reported with what is known so far.
  const known = { source: source as SourceRecord };
  try {
    return await plan(listed, known, run, tools);
  } catch (error) {
    tools.signal.throwIfAborted();
    const ms = Math.round(performance.now() - start);
    return { ...known.source, status: 'failed', ms, error: failureOf(error) };
  }
}

/** What is known so far. */
interface KnownSource {
  source: SourceRecord;
}

async function plan(
  { key, etag, size }: ListedObject,
  known: KnownSource,
  run: BatchRun,
  tools: PlanningTools,
): Promise<ItemPlan> {
  const { storage, pages, force, skipExisting, dryRun, isFree } = run.options;
  const listed = await findOutputs(await outputRequest(key, etag, run, tools), { isFree });
  // As it was when the run began: a later replacement is left for the next run.
  if (!force) {
    const jpeg = finished(listed);
    if (jpeg) return skipped(known, jpeg);
  }
  const existing = { force, skipExisting };
  if (!maySeveral(pages) && openOutputs(listed, existing).length === 0) return passedOver(known);
  const firstBlocks = !dryRun && size <= SMALL_BLOCKS * BLOCK_BYTES ? SMALL_BLOCKS : 1;
  const tiff = await openRangedReader(storage, key, requestOptions(run, tools), firstBlocks);
  const { info, whole } = tiff;
  known.source = { ...known.source, source_bytes: info.size };
  const outputs = isSameEtag(info.etag, etag)
    ? listed
    : await findOutputs(await outputRequest(key, info.etag, run, tools), { isFree });
  const chosen = await chooseRemotePages(tiff, info.size, pages, key);
  known.source = { ...known.source, ...describePages(chosen) };
  const read = outputsKnowing(outputs, firstPage(chosen.header));
  const all = maySeveral(pages) ? await findAllOutputs(read, chosen.numbers.length, isFree) : read;
  const [one, ...others] = openOutputs(all, existing);
  const jpeg = finished(all);
  if (!one) return jpeg ? skipped(known, jpeg) : passedOver(known);
  const left = leftPagesMessage(all.first, chosen.numbers);
  if (left !== undefined) tools.warn('PAGES_LEFT', `${left}.`);
  const changed = one.isFirst ? pageChangedMessage(all.first) : undefined;
  if (changed !== undefined) tools.warn('PAGE_CHANGED', changed);
  return dueItem(
    { info, whole, chosen, first: all.first, open: [one, ...others] },
    known,
    run,
    tools,
  );
}

function skipped({ source }: KnownSource, jpeg: ObjectInfo): SkippedRecord {
  // This reads neither the TIFF nor the JPEG, so nothing else is known about them.
  return { ...source, output: jpeg.key, status: 'skipped', pages: [] };
}

/** The record of a TIFF whose JPEGs exist. */
function passedOver({ source }: KnownSource): SkippedRecord {
  return { ...source, status: 'skipped', existing: true, pages: [] };
}

/** What planning has found out about a TIFF to convert. */
interface Found
  extends Omit<DueObject, 'source' | 'header' | 'planned'>,
    Omit<TiffToBring, 'bytes'> {
  readonly chosen: PageSelection;
  readonly first: PageOutput;
}

async function dueItem(
  { chosen: { header }, first, open, info, whole }: Found,
  known: KnownSource,
  run: BatchRun,
  tools: PlanningTools,
): Promise<DueItem> {
  const { encoder, pages, verify } = run.options;
  if (!run.options.force) refuseSmallerCopies(open, header, encoder);
  const due = { header, numbers: numbersOf(open) };
  const output = keyOf(first);
  const source = { ...known.source, output, ...describePages(due) };
  known.source = source;
  const planned = planPages(due, {
    name: info.key,
    outputs: open.map(keyOf),
    pages,
    encoder,
    verify: verify !== undefined,
    limits: await tools.limits(),
  });
  tellOfKeys(info.key, open, run, tools);
  const { plans, peakBytes, copyBytes } = planned;
  const jpegBytes = plans.reduce((sum, { output_bytes }) => sum + (output_bytes ?? 0), 0);
  const object = { source, header, open, planned };
  const toBring = { info, whole, bytes: info.size + jpegBytes + copyBytes };
  return {
    status: 'due',
    source,
    plans,
    peakBytes,
    ...objectToConvert(object, toBring, run, tools),
  };
}

/** Throws `StorageError` (`OBJECT_EXISTS`) if a JPEG of this worker would become smaller. */
function refuseSmallerCopies(
  open: Found['open'],
  header: TiffHeader,
  { maxSize }: EncoderSettings,
): void {
  const pages = pagesOf(header);
  for (const { page: number, slot } of open) {
    const page = slot.outdated && pages[number - 1];
    if (!page) continue;
    const before = readEncoder(slot.outdated?.metadata['arke-encoder'] ?? '');
    const sides = reducedSides(page, before?.maxSize);
    const problem = smallerCopyProblem(`"${slot.key}"`, sides, maxSize);
    if (problem !== undefined)
      throw new StorageError(
        'OBJECT_EXISTS',
        `Not written: ${problem}. Use --force to replace it.`,
      );
  }
}

function numbersOf([first, ...others]: Found['open']): readonly [number, ...number[]] {
  return [first.page, ...others.map(({ page }) => page)];
}

function keyOf({ slot }: PageOutput): string {
  return slot.kind === 'done' ? slot.object.key : slot.key;
}
