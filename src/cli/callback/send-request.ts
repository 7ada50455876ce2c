import { type Delivery, deliverCallback } from '../../lib/callback/deliver.ts';
import type { CallbackRequest } from '../../lib/callback/request.ts';
import type { CallbackSent } from '../../lib/documents/documents.ts';
import { CallbackError, messageOf } from '../../lib/errors.ts';
import { shownUrl } from '../../lib/http-url.ts';
import { createRedactor } from '../../lib/redact.ts';
import type { RetryNotice, RetryPolicy } from '../../lib/retry.ts';
import { withoutSecrets } from '../../lib/shown-answer.ts';
import type { CallbackSession } from './session.ts';
import { maskedRequest, showRequest } from './show-request.ts';

/** The result of a request. */
export interface Sent {
  readonly delivered: boolean;
  /** Whether it was sent, and may have been accepted without a confirmation. */
  readonly unconfirmed: boolean;
  /** Safe to show; undefined if there was none. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
  /** Time and attempts, in words. */
  readonly spent: string;
  /** For `--json`. */
  readonly document: CallbackSent;
  /** In a few words, for a list. */
  readonly summary: string;
}

/** How often a callback sent by hand is tried. */
export function policyOf({ flags }: CallbackSession): RetryPolicy {
  return { attempts: flags.attempts, baseDelayMs: 500, maxDelayMs: 5_000 };
}

/** Warns on stderr that an attempt failed and will be retried. */
export function warnOfRetry({ reporter }: CallbackSession): (notice: RetryNotice) => void {
  return ({ error, delayMs }) => reporter.warn(`${messageOf(error)} Retrying in ${delayMs} ms`);
}

/** Sends a request and shows it; with `alone`, the answer is the result of the command. */
export async function sendRequest(
  request: CallbackRequest,
  session: CallbackSession,
  { alone }: { readonly alone: boolean },
): Promise<Sent> {
  const { reporter, signal } = session;
  showRequest(request, session);
  const activity = reporter.begin(`Sending the callback to ${shownUrl(request.settings.url)}`);
  const start = performance.now();
  let attempts = 0;
  let isLost = false;
  const spent = () => ({ attempts, ms: Math.round(performance.now() - start) });
  try {
    const delivery = await deliverCallback(request, {
      policy: policyOf(session),
      signal,
      onRetry: warnOfRetry(session),
      onAttempt: (number) => {
        attempts = number;
      },
      onLost: () => {
        isLost = true;
      },
    });
    activity.done();
    const sent = deliveredAs(request, delivery, spent().ms);
    if (alone) showAnswer(sent, session);
    return sent;
  } catch (error) {
    activity.failed();
    if (!(error instanceof CallbackError) || (alone && !error.answer)) throw error;
    const failed = failedAs(request, error, spent());
    const sent = { ...failed, unconfirmed: failed.unconfirmed || isLost };
    if (alone) {
      showAnswer(sent, session);
      reporter.error(error.message);
    }
    return sent;
  }
}

function showAnswer({ delivered, answer, spent }: Sent, { result, note }: CallbackSession): void {
  if (!answer) return;
  result(`${answer.status}`);
  if (answer.body) result(answer.body);
  note(`${delivered ? 'delivered' : 'not delivered'}: ${answer.status} ${spent}`);
}

function spentText({ attempts, ms }: { readonly attempts: number; readonly ms: number }): string {
  return `in ${ms} ms (attempt ${attempts})`;
}

/** The output for a delivered callback. */
export function deliveredAs(
  request: CallbackRequest,
  { attempts, ...taken }: Delivery,
  ms: number,
): Sent {
  const answer = { status: taken.status, body: hide(request, taken.body) };
  const spent = spentText({ attempts, ms });
  return {
    delivered: true,
    unconfirmed: false,
    answer,
    spent,
    document: { delivered: true, ...answer, attempts, ms, request: maskedRequest(request) },
    summary: `answered ${answer.status} ${spent}`,
  };
}

/** The output for an undelivered callback. */
export function failedAs(
  request: CallbackRequest,
  error: unknown,
  { attempts, ms }: { readonly attempts: number; readonly ms: number },
): Sent {
  const given = error instanceof CallbackError ? error.answer : undefined;
  const answer = given && { status: given.status, body: hide(request, given.body) };
  const code = error instanceof CallbackError ? error.code : 'UNEXPECTED';
  const spent = spentText({ attempts, ms });
  return {
    delivered: false,
    unconfirmed: !(error instanceof CallbackError) || error.ambiguous,
    answer,
    spent,
    document: {
      delivered: false,
      ...answer,
      error: { code, message: messageOf(error) },
      attempts,
      ms,
      request: maskedRequest(request),
    },
    summary: `not delivered ${spent}: ${messageOf(error)}`,
  };
}

/** Shorter query values are words, not tokens. */
const SHORTEST_TOKEN = 8;

/** A Standard Webhooks signature: SHA-256 in Base64. */
const SIGNATURE = /v1,[A-Za-z0-9+/]{43}=/g;

/**
 * Masks what an answer must not reveal: a receiver may quote headers and the whole path with its
 * query.
 */
function hide({ settings: { url } }: CallbackRequest, text: string): string {
  const { search, searchParams } = new URL(url);
  const secrets = [search.slice(1), ...searchParams.values()];
  const redact = createRedactor(
    secrets.filter((secret) => secret.length >= SHORTEST_TOKEN),
    [url],
  );
  return withoutSecrets(text, (body) => redact(body).replace(SIGNATURE, 'v1,[redacted]'));
}
