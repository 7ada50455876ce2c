import * as v from 'valibot';
import { httpUrlProblem, shownUrl } from '../http-url.ts';
import type { Answer } from '../shown-answer.ts';
import { type CallbackPayload, readPayload } from './payload.ts';
import { type CallbackRequest, callbackId } from './request.ts';

/** The version of the entries: it changes when a field changes its meaning or goes. */
const ENTRY_VERSION = 1;

/** More than any callback takes, in bytes: what is larger is none, and is not read. */
export const MAX_ENTRY_BYTES = 64 * 1024;

const instant = v.pipe(v.string(), v.isoTimestamp());

const entrySchema = v.looseObject({
  v: v.literal(ENTRY_VERSION),
  /** Where the task was told to call back, without query and fragment. */
  url: v.pipe(
    v.string(),
    v.check((url) => httpUrlProblem(url) === undefined, 'must be an http(s) address'),
  ),
  /** Whether that address had a query: it may be a secret, and is kept by nobody. */
  url_query: v.boolean(),
  webhook_id: v.string(),
  /** The exact body. */
  body: v.string(),
  /** The TIFF, where the task had got as far as knowing it. */
  input_r2_key: v.optional(v.string()),
  created_at: instant,
  program: v.string(),
  /** Why it could not be delivered, the last time that it was tried. */
  error: v.string(),
  /** What the orchestrator answered that time, without secrets and cut; older entries have none. */
  answer: v.optional(v.object({ status: v.number(), body: v.string() })),
  /** Where that answer came from, without query and fragment, if a later attempt was sent there; else from `url`. */
  answer_url: v.optional(v.string()),
  /** Whether it was sent, or may have been, and nobody knows whether it was taken. */
  unconfirmed: v.optional(v.boolean()),
  lease: v.optional(v.object({ owner: v.string(), until: instant })),
  /** Shows that it was written by somebody who knows the secret (`seal.ts`). */
  seal: v.optional(v.string()),
});

/** A callback that could not be delivered, as it is kept. */
export type OutboxEntry = v.InferOutput<typeof entrySchema>;

/** Why a callback was not delivered. */
export interface WhyUndelivered {
  readonly error: string;
  /** As it may be kept (`shownAnswer`). */
  readonly answer?: Answer | undefined;
  /** Where the answer came from, if that may be another address than the task's: without query and fragment. */
  readonly answerUrl?: string | undefined;
  /** Whether it may have been taken all the same. */
  readonly unconfirmed?: boolean | undefined;
}

/** What an entry is made of besides its request. */
interface Undelivered extends WhyUndelivered {
  readonly inputKey?: string | undefined;
  readonly at: Date;
}

/** The entry for a request that could not be delivered. */
export function outboxEntry(request: CallbackRequest, undelivered: Undelivered): OutboxEntry {
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

/** An entry that was read, and what its body says. */
export interface ReadEntry {
  readonly entry: OutboxEntry;
  readonly payload: CallbackPayload;
}

/** Reads an entry; a text that says what is wrong with it where it is none, or one of another program. */
export function readOutboxEntry(bytes: Uint8Array): ReadEntry | string {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'it is not JSON';
  }
  const entry = v.safeParse(entrySchema, content);
  if (!entry.success) return `it is no entry of version ${ENTRY_VERSION}: ${firstProblem(entry)}`;
  const payload = readPayload(entry.output.body);
  if (typeof payload === 'string') return payload;
  if (callbackId(payload) !== entry.output.webhook_id)
    return 'its webhook_id is not the one of its body';
  return { entry: entry.output, payload };
}

function firstProblem({ issues }: { issues: readonly v.BaseIssue<unknown>[] }): string {
  const [issue] = issues;
  return issue ? `${v.getDotPath(issue as never) ?? 'all of it'}: ${issue.message}` : '';
}

/** The text that an entry is stored as. */
export function entryText(entry: OutboxEntry): string {
  return `${JSON.stringify(entry, null, 2)}\n`;
}

/** Longer than any drain has an entry (`--lease`: an hour at most) and clocks differ, in milliseconds. */
const LONGEST_LEASE_MS = 2 * 3_600_000;

/**
 * Whether somebody is delivering the entry now. A lease that no drain can have written counts for nothing:
 * it would keep the entry from being delivered for ever.
 */
export function isLeased({ lease }: OutboxEntry, now: Date): boolean {
  if (lease === undefined) return false;
  const left = Date.parse(lease.until) - now.getTime();
  return left > 0 && left <= LONGEST_LEASE_MS;
}

/** The entry as its owner has it until then: nobody else delivers it. */
export function leased(entry: OutboxEntry, owner: string, until: Date): OutboxEntry {
  return { ...entry, lease: { owner, until: until.toISOString() } };
}

/** The entry that nobody has any more, as it could not be delivered again. */
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
