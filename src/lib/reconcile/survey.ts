/*
 * Reconcile: finds out which successes of a batch the orchestrator is not known to have, and sends
 * them. It reads what tasks leave behind (JPEGs, outbox, marks, logs) and never converts.
 *
 * Terms. A TIFF's *task* is computed from its key by the orchestrator's rule, which gives some keys
 * the same id; then the task is ambiguous, and nothing is sent. A *standing* is what is known about
 * a TIFF's success: delivered, to send, to convert, unknown, busy or held. A *mark* is an object
 * that records a delivery; it is evidence only if its seal is valid. *Unknown*: a JPEG exists, and
 * nothing shows whether it was reported.
 *
 * How data passes:
 *
 *   survey         lists all TIFFs of the batches: those not chosen may share task ids
 *   find-jpegs     the JPEG of each TIFF, and what its metadata say
 *   name-tasks     the task and batch of each TIFF, or why they are ambiguous
 *   standing       the evidence of outbox, marks and log, for each TIFF; of a larger batch, only
 *                  entries and marks that a list of the outbox has are read
 *   send-success   sends one success through the outbox: store, claim, send once, mark, remove
 *
 * Because each callback passes through the outbox, two runs at once send nothing twice, and a run
 * that dies leaves an entry. An entry whose answer was lost stays *unconfirmed*, whatever later
 * attempts are answered, and is not sent again without consent. A callback that was certainly
 * refused may be retried, with a new claim each time.
 *
 * Must never happen: an error sent; a success for another TIFF's task; a second success for a known
 * delivery; an unknown one sent without `--include-unknown`.
 */
import { batchIdOfKey } from '../callback/task-id.ts';
import { SettingsError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import { hasTiffEnding } from '../jpeg-name.ts';
import type { Storage } from '../storage/client.ts';
import { freeKeys, type IsFree, type ListedObject, listObjects } from '../storage/list-objects.ts';
import type { RequestOptions } from '../storage/objects.ts';
import { batchPrefixes, isAmongInputs } from '../task/outbox/keys.ts';
import { findJpegs, REQUESTS_AT_ONCE } from './find-jpegs.ts';
import { batchOf, type NamedTiff, type NamingOptions, nameTasks } from './name-tasks.ts';
import { type Standing, type StandingRecords, standingOf } from './standing.ts';

/** What to report. */
export interface SurveyRequest extends NamingOptions {
  readonly storage: Storage;
  /** The beginning of the TIFFs' keys. */
  readonly prefix: string;
  readonly selected: readonly ListedObject[];
  readonly records: StandingRecords;
  readonly options: RequestOptions;
}

/** A TIFF and the standing of its success. */
export interface SurveyedTiff extends NamedTiff {
  readonly standing: Standing;
}

/** The result of a survey. */
export interface Survey {
  /** The selected TIFFs, in order. */
  readonly tiffs: readonly SurveyedTiff[];
  /** Their batches. */
  readonly batches: readonly string[];
  /** How many TIFFs of these batches are not selected. */
  readonly leftOut: number;
  /** Whether a log was searched. */
  readonly hasLog: boolean;
}

/**
 * Determines, for each selected TIFF in order, the task to report for and its standing. Lists all
 * TIFFs of their batches. Throws `SettingsError` if a batch is unknown or the outbox lies among the
 * TIFFs, and `StorageError`.
 */
export async function surveyBatch(request: SurveyRequest): Promise<Survey> {
  const { storage, selected, records, options } = request;
  const batches = batchesOf(request);
  const listed = await listAll(storage, foldersOf(request, batches), options);
  const keys = new Set(listed.map(({ key }) => key));
  const tiffs = listed.filter(({ key }) => hasTiffEnding(key));
  const all = await findJpegs(storage, tiffs, keys, options);
  const chosen = new Set(selected.map(({ key }) => key));
  const named = nameTasks(all, chosen, request);
  const isFree = await freeInOutbox(named.length, batches, request);
  const surveyed = await inParallel(
    named,
    async (tiff, signal) => {
      const outbox = { ...records.outbox, request: { ...options, signal }, isFree };
      return { ...tiff, standing: await standingOf(tiff, { ...records, outbox }, new Date()) };
    },
    { limit: REQUESTS_AT_ONCE, signal: options.signal },
  );
  const place = new Map(selected.map(({ key }, index) => [key, index]));
  surveyed.sort((a, b) => (place.get(a.key) ?? 0) - (place.get(b.key) ?? 0));
  const isOfBatches = (key: string) => batches.includes(batchOf(key, request) ?? '');
  const leftOut = tiffs.filter(({ key }) => !chosen.has(key) && isOfBatches(key)).length;
  return { tiffs: surveyed, batches, leftOut, hasLog: records.log !== undefined };
}

/**
 * The folders of all TIFFs of the batches, which may share task ids: from their keys, or else the
 * folder of the prefix. Throws `SettingsError` if there is none.
 */
function foldersOf({ prefix, selected }: SurveyRequest, batches: readonly string[]): string[] {
  const own = selected.map(({ key }) => batchIdOfKey(key));
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const needsFolder = own.includes(undefined) && prefix !== '';
  if (needsFolder && folder === '')
    throw new SettingsError([
      `the prefix "${prefix}" names no folder, and with --batch-id all TIFFs beside the chosen ones must be looked at, as they may have the same task ids: use FOLDER/ (or r2:// for the whole bucket), and --include`,
    ]);
  const ids = new Set([...batches, ...own.filter((id) => id !== undefined)]);
  return [needsFolder ? folder : prefix, ...[...ids].map((id) => `staging/${id}/`)];
}

function batchesOf(request: SurveyRequest): string[] {
  const { selected, prefix, records } = request;
  const batches = new Set<string>();
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  for (const { key } of selected) {
    const batchId = batchOf(key, request);
    if (batchId === undefined)
      throw new SettingsError([
        `the key "${key}" does not name a batch (staging/BATCH/…): --batch-id is missing`,
      ]);
    const among = folder !== '' && `${records.outbox.prefix}/`.startsWith(folder);
    if (among || isAmongInputs(records.outbox.prefix, key, batchId))
      throw new SettingsError([
        `the outbox "${records.outbox.prefix}" lies among the TIFFs, where the orchestrator looks for files: choose another prefix`,
      ]);
    batches.add(batchId);
  }
  return [...batches];
}

/**
 * The keys without an entry or a mark, by lists of the outbox; undefined for so few TIFFs that
 * these would take longer than asking for each.
 */
async function freeInOutbox(
  tiffs: number,
  batches: readonly string[],
  { storage, records, options }: SurveyRequest,
): Promise<IsFree | undefined> {
  if (tiffs <= REQUESTS_AT_ONCE * batches.length) return undefined;
  const free = await inParallel(
    batches.flatMap((batchId) => batchPrefixes(records.outbox.prefix, batchId)),
    async (prefix, signal) =>
      freeKeys(prefix, await listObjects(storage, prefix, { ...options, signal })),
    { limit: REQUESTS_AT_ONCE, signal: options.signal },
  );
  return (key) => free.some((isFree) => isFree(key));
}

/** All objects under some prefixes, without duplicates. */
async function listAll(
  storage: Storage,
  prefixes: readonly string[],
  options: RequestOptions,
): Promise<ListedObject[]> {
  const widest = prefixes.filter(
    (one, index) =>
      !prefixes.some((other, at) => one.startsWith(other) && (other !== one || at < index)),
  );
  const lists = await inParallel(
    widest,
    (prefix, signal) => listObjects(storage, prefix, { ...options, signal }),
    { limit: REQUESTS_AT_ONCE, signal: options.signal },
  );
  return [...new Map(lists.flat().map((object) => [object.key, object])).values()];
}
