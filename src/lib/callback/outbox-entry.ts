import * as v from 'valibot';
import { httpUrlProblem, shownUrl } from '../http-url.ts';
import type { ReceiverAnswer } from '../shown-answer.ts';
import { type CallbackPayload, readPayload } from './payload.ts';
import { type CallbackRequest, callbackId } from './request.ts';

/** The version of the entries: raised when a field is removed or changes its meaning. */
const ENTRY_VERSION = 1;

/** Larger than any callback, in bytes; larger objects are not entries and are not read. */
export const MAX_ENTRY_BYTES = 64 * 1024;

const instant = v.pipe(v.string(), v.isoTimestamp());

const entrySchema = v.looseObject({
  v: v.literal(ENTRY_VERSION),
  /** The task's callback address, without query and fragment. */
  url: v.pipe(
    v.string(),
    v.check((url) => httpUrlProblem(url) === undefined, 'must be an http(s) address'),
  ),
  /** Whether that address had a query. The query itself is never stored: it may be a secret. */
  url_query: v.boolean(),
  webhook_id: v.string(),
  /** The exact body. */
  body: v.string(),
  /** The TIFF, if the task got far enough to know it. */
  input_r2_key: v.optional(v.string()),
  created_at: instant,
  program: v.string(),
  /** Why the last attempt failed. */
  error: v.string(),
  /** The orchestrator's last answer, truncated and without secrets; older entries have none. */
  answer: v.optional(v.object({ status: v.number(), body: v.string() })),
  /**
   * Where that answer came from, without query and fragment, if a later attempt went elsewhere;
   * else `url`.
   */
  answer_url: v.optional(v.string()),
  /** Whether it was sent, or may have been, and its acceptance is unknown. */
  unconfirmed: v.optional(v.boolean()),
  lease: v.optional(v.object({ owner: v.string(), until: instant })),
  /** Shows that the writer knew the secret (`seal.ts`). */
  seal: v.optional(v.string()),
});

/** An undelivered callback as it is stored. */
export type OutboxEntry = v.InferOutput<typeof entrySchema>;

/** Why a callback was not delivered. */
export interface WhyUndelivered {
  readonly error: string;
  /** Safe to store (`shownAnswer`). */
  readonly answer?: ReceiverAnswer | undefined;
  /**
   * Where the answer came from, if that may differ from the task's address; without query and
   * fragment.
   */
  readonly answerUrl?: string | undefined;
  /** Whether it may have been accepted nevertheless. */
  readonly unconfirmed?: boolean | undefined;
}

/** What an entry holds besides its request. */
interface EntryFacts extends WhyUndelivered {
  readonly inputKey?: string | undefined;
  readonly at: Date;
}

/** The entry for an undelivered request. */
export function outboxEntry(request: CallbackRequest, undelivered: EntryFacts): OutboxEntry {
  const { inputKey, error, answer, unconfirmed, at } = undelivered;
  return {
    v: ENTRY_VERSION,
    url: shownUrl(request.settings.url),
    url_query: new URL(request.settings.url).search !== '',
    webhook_id: request.id,
    body: request.body,
    ...(inputKey === undefined ? {} : { input_r2_key: inputKey }),
    created_at: at.toISOString(),
    program: request.userAgent,
    error,
    ...(answer && { answer }),
    ...(unconfirmed && { unconfirmed }),
  };
}

/** A parsed entry with its payload. */
export interface ReadEntry {
  readonly entry: OutboxEntry;
  readonly payload: CallbackPayload;
}

/** Reads an entry; a text that says what is wrong if it is not one, or has another version. */
export function readOutboxEntry(bytes: Uint8Array): ReadEntry | string {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'it is not JSON';
  }
  const entry = v.safeParse(entrySchema, content);
  if (!entry.success) return `it is not a version ${ENTRY_VERSION} entry: ${firstProblem(entry)}`;
  const payload = readPayload(entry.output.body);
  if (typeof payload === 'string') return payload;
  if (callbackId(payload) !== entry.output.webhook_id)
    return 'its webhook_id does not match its body';
  return { entry: entry.output, payload };
}

function firstProblem({ issues }: { issues: readonly v.BaseIssue<unknown>[] }): string {
  const [issue] = issues;
  return issue ? `${v.getDotPath(issue as never) ?? 'all of it'}: ${issue.message}` : '';
}

/** The text in which an entry is stored. */
export function entryText(entry: OutboxEntry): string {
  return `${JSON.stringify(entry, null, 2)}\n`;
}

/**
 * The longest possible lease (`--lease`: at most an hour) plus clock differences, in milliseconds.
 */
const LONGEST_LEASE_MS = 2 * 3_600_000;

/**
 * Whether somebody is delivering the entry now. A lease longer than any drain writes is ignored: it
 * would block the entry forever.
 */
export function isLeased({ lease }: OutboxEntry, now: Date): boolean {
  if (lease === undefined) return false;
  const left = Date.parse(lease.until) - now.getTime();
  return left > 0 && left <= LONGEST_LEASE_MS;
}

/** The entry leased to its owner until `until`: nobody else delivers it. */
export function leased(entry: OutboxEntry, owner: string, until: Date): OutboxEntry {
  return { ...entry, lease: { owner, until: until.toISOString() } };
}

/** The entry without a lease, after another failed delivery. */
export function released(
  { lease: _, answer: __, answer_url: ___, unconfirmed: ____, ...entry }: OutboxEntry,
  { error, answer, answerUrl, unconfirmed }: WhyUndelivered,
): OutboxEntry {
  const optional = {
    ...(answer && { answer }),
    ...(answer && answerUrl !== undefined && { answer_url: answerUrl }),
    ...(unconfirmed && { unconfirmed }),
  };
  return { ...entry, error, ...optional } as OutboxEntry;
}
