import { type Delivery, deliverCallback } from '../../lib/callback/deliver.ts';
import type { CallbackRequest } from '../../lib/callback/request.ts';
import { CallbackError, messageOf } from '../../lib/errors.ts';
import { shownUrl } from '../../lib/http-url.ts';
import { createRedactor } from '../../lib/redact.ts';
import type { RetryNotice, RetryPolicy } from '../../lib/retry.ts';
import type { CallbackSession } from './session.ts';
import { maskedRequest, showRequest } from './show-request.ts';

/** What came of a request. */
export interface Sent {
  readonly delivered: boolean;
  /** For `--json`. */
  readonly document: object;
  /** In a few words, for a list. */
  readonly summary: string;
}

/** How often a callback is tried that somebody sends by hand. */
export function policyOf({ flags }: CallbackSession): RetryPolicy {
  return { attempts: flags.attempts, baseDelayMs: 500, maxDelayMs: 5_000 };
}

/** Says on stderr that an attempt failed and another one follows. */
export function warnOfRetry({ reporter }: CallbackSession): (notice: RetryNotice) => void {
  return ({ error, delayMs }) => reporter.warn(`${messageOf(error)} Trying again in ${delayMs} ms`);
}

/** Sends a request and shows it; the answer is the result of the command where `alone` says so. */
export async function sendRequest(
  request: CallbackRequest,
  session: CallbackSession,
  { alone }: { readonly alone: boolean },
): Promise<Sent> {
  const { reporter, result, signal } = session;
  showRequest(request, session);
  const activity = reporter.begin(`Sending the callback to ${shownUrl(request.settings.url)}`);
  const show = ({ status, body }: { status: number; body: string }) => {
    if (!alone) return;
    result(`${status}`);
    if (body) result(body);
  };
  const start = performance.now();
  const ms = () => Math.round(performance.now() - start);
  try {
    const delivery = await deliverCallback(request, {
      policy: policyOf(session),
      signal,
      onRetry: warnOfRetry(session),
    });
    activity.done();
    const sent = deliveredAs(request, delivery, ms());
    show(sent.answer);
    session.note(sent.summary);
    return sent;
  } catch (error) {
    activity.failed();
    if (!(error instanceof CallbackError)) throw error;
    if (!error.answer && alone) throw error;
    const sent = failedAs(request, error, ms());
    if (sent.answer) show(sent.answer);
    if (alone) reporter.error(error.message);
    session.note(sent.summary);
    return sent;
  }
}

/** What a delivered callback has to say. */
export function deliveredAs(
  request: CallbackRequest,
  { attempts, ...taken }: Delivery,
  ms: number,
): Sent & { readonly answer: { readonly status: number; readonly body: string } } {
  const answer = { status: taken.status, body: hide(request, taken.body) };
  return {
    delivered: true,
    answer,
    document: { delivered: true, ...answer, attempts, ms, request: maskedRequest(request) },
    summary: `answered ${answer.status} in ${ms} ms, ${attempts === 1 ? 'at the first attempt' : `at attempt ${attempts}`}`,
  };
}

/** What a callback has to say that was not delivered. */
export function failedAs(
  request: CallbackRequest,
  error: unknown,
  ms: number,
): Sent & { readonly answer: { readonly status: number; readonly body: string } | undefined } {
  const given = error instanceof CallbackError ? error.answer : undefined;
  const answer = given && { status: given.status, body: hide(request, given.body) };
  const told = { code: error instanceof CallbackError ? error.code : 'UNEXPECTED' };
  return {
    delivered: false,
    answer,
    document: {
      delivered: false,
      ...answer,
      error: { ...told, message: messageOf(error) },
      ms,
      request: maskedRequest(request),
    },
    summary: `not delivered, after ${ms} ms: ${messageOf(error)}`,
  };
}

/** Shorter values of a query are words, not tokens. */
const SHORTEST_TOKEN = 8;

/** What an answer must not give away: a receiver may quote the whole path, query included. */
function hide({ settings: { url } }: CallbackRequest, text: string): string {
  const { search, searchParams } = new URL(url);
  const secrets = [search.slice(1), ...searchParams.values()];
  return createRedactor(
    secrets.filter((secret) => secret.length >= SHORTEST_TOKEN),
    [url],
  )(text);
}
