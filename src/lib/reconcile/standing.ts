import { isMarkOf } from '../callback/delivered-mark.ts';
import type { FoundCallback, LogFindings } from '../callback/log-search.ts';
import { isLeased } from '../callback/outbox-entry.ts';
import { outputKeys } from '../keys.ts';
import { isOfSameBytes } from '../outputs/bucket/provenance.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { successFor, type TaskName } from '../task/jpeg-of-task.ts';
import { type Evidence, knownDelivery } from '../task/known-delivery.ts';
import type { Pending } from '../task/outbox/claim.ts';
import { busyText } from '../task/outbox/drain-entry.ts';
import { deliveredAtText, findMark, isSealed, type Outbox } from '../task/outbox/outbox.ts';
import { entryOf } from '../task/outbox/read-entry.ts';
import { type ClaimedTask, isMadeByTask, type NamedTiff } from './name-tasks.ts';

/** What is known about a TIFF's success, and so what to do. Reasons are clauses about the TIFF. */
export type Standing =
  /** The orchestrator has accepted it. */
  | { readonly kind: 'delivered'; readonly reason: string }
  /** Not accepted, and the JPEG exists. */
  | { readonly kind: 'send' }
  /** Not accepted, and the JPEG is missing or may be outdated. */
  | { readonly kind: 'convert' }
  /** May have been accepted: sending it could count it twice. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Another process is sending it. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** Must not be sent; `convert`: its JPEG is made nevertheless. */
  | { readonly kind: 'held'; readonly reason: string; readonly convert: boolean };

/** Where deliveries are recorded. */
export interface StandingRecords {
  readonly outbox: Outbox;
  readonly log?: Pick<LogFindings, 'successOf' | 'undelivered'> | undefined;
}

/** The body that this command sends for a JPEG. */
export function bodyFor(jpeg: ObjectInfo, task: TaskName): string {
  return JSON.stringify(successFor(jpeg, task));
}

/** Whether a JPEG was made from the current bytes of its TIFF. */
export function isOfTiff(jpeg: ObjectInfo, { etag }: Pick<NamedTiff, 'etag'>): boolean {
  return isOfSameBytes(jpeg, { sourceEtag: etag });
}

/** Determines the standing of a TIFF. Throws `StorageError`. */
export async function standingOf(
  tiff: NamedTiff,
  records: StandingRecords,
  now: Date,
): Promise<Standing> {
  const { jpeg, conflict } = tiff;
  const evidence = await evidenceOf(tiff, records);
  if (evidence?.isCertain) {
    if (jpeg) return { kind: 'delivered', reason: evidence.says };
    const reason = `${evidence.says}, but its JPEG is not in R2: "batch" without --report-to makes it again`;
    return { kind: 'held', reason, convert: false };
  }
  if (conflict !== undefined) return { kind: 'held', reason: conflict, convert: !jpeg };
  const entry = await waitingEntry(tiff.task, records.outbox);
  const other =
    (await otherPicture(tiff, jpeg, records.outbox)) ??
    (entry && otherWaiting(entry, jpeg ? [jpeg.key] : outputKeys(tiff.key)));
  if (other !== undefined) return { kind: 'held', reason: other, convert: !jpeg };
  const open: Standing = { kind: whatIsOpen(tiff) };
  if (entry && isLeased(entry.entry, now)) return { kind: 'busy', reason: busyText(entry) };
  if (entry?.entry.unconfirmed)
    return {
      kind: 'unknown',
      reason: 'it may have been sent before, and nobody knows what became of that',
    };
  // If an entry waits beside it, nobody knows which of the two came first.
  if (evidence) return { kind: 'unknown', reason: `${evidence.says}, which is not certain` };
  const logged = loggedOf(tiff, records);
  const lost = logged.find(({ unconfirmed }) => unconfirmed);
  if (lost)
    return {
      kind: 'unknown',
      reason: `line ${lost.line} of the log has its callback, and the log does not say that it was not taken: an answer is missing`,
    };
  if (entry || !jpeg || logged.length > 0) return open;
  const maker = isMadeByTask(jpeg) ? 'a task has made it' : '"batch" has made it';
  return {
    kind: 'unknown',
    reason: `its JPEG was there before (${maker}), and neither a mark nor a log says whether that was reported`,
  };
}

/**
 * What to do with a TIFF whose success is to be sent. A task's JPEG of the same bytes is kept,
 * whatever its settings: the orchestrator may know its size.
 */
export function whatIsOpen(tiff: NamedTiff): 'send' | 'convert' {
  const { jpeg } = tiff;
  return jpeg && isMadeByTask(jpeg) && isOfTiff(jpeg, tiff) ? 'send' : 'convert';
}

/** Evidence that the success of a TIFF was accepted, under its own task or the one in its JPEG. */
async function evidenceOf(
  tiff: NamedTiff,
  records: StandingRecords,
): Promise<Evidence | undefined> {
  const found: (Evidence | undefined)[] = [];
  for (const name of tiff.names) found.push(await evidenceFor(name, tiff, records));
  return found.find((one) => one?.isCertain) ?? found.find((one) => one !== undefined);
}

async function evidenceFor(
  { task, isShared }: ClaimedTask,
  { key: inputKey, jpeg }: NamedTiff,
  { outbox, log }: StandingRecords,
): Promise<Evidence | undefined> {
  const outcome = { ...task, status: 'success' } as const;
  if (!isShared) return (await knownDelivery(outcome, { log, outbox, inputKey })).same;
  // Evidence for an ambiguous id may be about another TIFF.
  const { same } = await knownDelivery(outcome, { log, inputKey });
  if (same?.isCertain) return same;
  const own = await ownMark(task, jpeg, outbox);
  return own ?? same ?? (await knownDelivery(outcome, { log })).same;
}

/**
 * What the outbox's marks say about the TIFF's task being reported with another picture than this
 * JPEG.
 */
export async function otherPicture(
  { task, names }: Pick<NamedTiff, 'task' | 'names'>,
  jpeg: ObjectInfo | undefined,
  outbox: Outbox,
): Promise<string | undefined> {
  if (!names[0]?.isShared) return undefined;
  const mark = await findMark(outbox, { ...task, status: 'success' });
  if (!mark?.isSealed || (jpeg && isMarkOf(mark, bodyFor(jpeg, task)))) return undefined;
  return `its task ${task.task_id} was reported ${deliveredAtText(mark)}, with another picture by what the outbox's mark says`;
}

/** Why a task's waiting entry keeps JPEGs with these keys from being sent. */
export function otherWaiting({ payload }: Pending, keys: readonly string[]): string | undefined {
  if (payload.status !== 'success' || keys.includes(payload.output_r2_key)) return undefined;
  return `another picture of its task ${payload.task_id} waits in the outbox, "${payload.output_r2_key}"`;
}

/**
 * A mark for exactly the body that this command sends for the JPEG (it includes the key), or an
 * unsealed mark.
 */
async function ownMark(
  task: TaskName,
  jpeg: ObjectInfo | undefined,
  outbox: Outbox,
): Promise<Evidence | undefined> {
  const mark = jpeg && (await findMark(outbox, { ...task, status: 'success' }));
  // An unsealed mark for anything else is reason enough to ask.
  if (!mark || (mark.isSealed && !isMarkOf(mark, bodyFor(jpeg, task)))) return undefined;
  const says = `the outbox's mark says that its success was delivered ${deliveredAtText(mark)}`;
  return { says, isCertain: mark.isSealed };
}

/** The success of a task that waits in the outbox with a valid seal. */
export async function waitingEntry(task: TaskName, outbox: Outbox): Promise<Pending | undefined> {
  const read = await entryOf(outbox, { ...task, status: 'success' });
  if (read === undefined || typeof read === 'string') return undefined;
  return isSealed(outbox, read.key, read.entry) ? read : undefined;
}

/** The successes of a TIFF that a log reports as undelivered. */
function loggedOf({ key, task }: NamedTiff, { log }: StandingRecords): readonly FoundCallback[] {
  const keys = outputKeys(key);
  return (log?.undelivered ?? []).filter(
    ({ payload }) =>
      payload.status === 'success' &&
      payload.batch_id === task.batch_id &&
      keys.includes(payload.output_r2_key),
  );
}
