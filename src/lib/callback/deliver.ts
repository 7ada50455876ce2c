/*
 * Callback: what the orchestrator is told about a task, and how that reaches it. The room knows
 * bodies, requests, logs and the format of outbox entries. It does not know R2: the outbox itself
 * is in `task/outbox`.
 *
 * Terms. A *payload* is the contract's JSON, a *body* its bytes. `webhook-id` is derived from the
 * body, so a receiver recognises a repeat. An *answer* is final if a retry cannot change it. A
 * delivery is *unconfirmed* if it was sent and its answer was lost. A *seal* is an HMAC that shows
 * that an outbox entry or mark was written with the same secret.
 *
 * How data passes:
 *
 *   payload     checks a body against the contract's schema, or makes one
 *   request     headers and signature; the body stays as it is, byte for byte
 *   deliver     attempts until 2xx, a final answer or the end of the time (`post.ts` sends one)
 *   failures    turns an answer, or the lack of one, into an error with a remedy
 *   log-search  finds undelivered bodies in logs, however a platform has wrapped them
 *   address     decides where an outbox entry may be sent
 *
 * Every attempt sends the identical body. Redirects are failures: following one would turn the POST
 * into a GET and report success. A repeat may count twice, so a lost answer is retried (a lost
 * picture is worse), but a known delivery is never repeated without consent.
 *
 * Must never happen: a body that changes between attempts; an answer other than 2xx taken for a
 * success; an entry that someone planted in the bucket signed with our secret, or sent to an
 * address that was not allowed; a secret, or the query of an address, in a message.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { CallbackError } from '../errors.ts';
import { type RetryNotice, type RetryPolicy, retry } from '../retry.ts';
import { LONGEST_ANSWER } from '../shown-answer.ts';
import type { Connection } from './connection.ts';
import { isTaskUnknown, probablyTaken, refused, unanswered } from './failures.ts';
import { post } from './post.ts';
import { type CallbackRequest, callbackHeaders } from './request.ts';

/** Time limit for one attempt, in milliseconds. */
export const ATTEMPT_TIMEOUT_MS = 10_000;

/** How often a task's callback is tried: only time ends it. */
const CALLBACK_RETRY: RetryPolicy = {
  attempts: Number.POSITIVE_INFINITY,
  baseDelayMs: 500,
  maxDelayMs: 5_000,
};

/** How long to wait for the body of a 2xx answer, in milliseconds; it is only displayed. */
const ANSWER_PATIENCE_MS = 1_000;

/** The receiver's answer to a delivered callback. */
export interface Delivery {
  readonly status: number;
  readonly body: string;
  /** Number of attempts, the successful one included. */
  readonly attempts: number;
}

/** What `deliverCallback` needs besides the request. */
export interface DeliveryOptions {
  readonly policy?: RetryPolicy | undefined;
  /** Defaults to `ATTEMPT_TIMEOUT_MS`. */
  readonly attemptTimeoutMs?: number | undefined;
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Called just before an attempt is sent, with its number from 1. */
  readonly onAttempt?: (attempt: number) => void;
  /**
   * Called when an attempt was sent but its answer was lost: the callback may have been accepted.
   */
  readonly onLost?: () => void;
  /** Called before each attempt except the first; an error that it throws ends the delivery. */
  readonly mayRepeat?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends a wait between attempts and shortens later waits. */
  readonly hurry?: AbortSignal | undefined;
  /** Milliseconds left for all attempts; the last wait leaves time for one more attempt. */
  readonly msLeft?: () => number;
  /** Used by the first attempt. */
  readonly connection?: Connection | undefined;
}

/**
 * POSTs a callback until the answer is a 2xx, with the identical body each time. Any other answer
 * is a failure, also a redirect: following it would turn the POST into a GET without a body and
 * report success. Retries transient and ambiguous failures (docs/policies.md, "Callback"); throws
 * `CallbackError` when it gives up.
 */
export async function deliverCallback(
  request: CallbackRequest,
  options: DeliveryOptions = {},
): Promise<Delivery> {
  const { policy = CALLBACK_RETRY, onRetry, onAttempt, mayRepeat, signal } = options;
  let attempts = 0;
  let lost: number | undefined;
  const answer = await retry(
    async (number) => {
      if (number > 1) {
        await mayRepeat?.();
        signal?.throwIfAborted();
      }
      attempts = number;
      onAttempt?.(number);
      const timeoutMs = options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
      const socket = options.connection?.take();
      const course = { isSent: false };
      try {
        return await send(request, { timeoutMs, signal, socket, course });
      } catch (error) {
        if (lost !== undefined && isTaskUnknown(error)) throw probablyTaken(error, lost);
        if (isLost(error, course, signal)) {
          lost ??= number;
          options.onLost?.();
        }
        throw error;
      }
    },
    { policy, onRetry, signal, hurry: options.hurry, msLeft: options.msLeft },
  );
  return { ...answer, attempts };
}

/** Whether an attempt that failed may have arrived. */
function isLost(
  error: unknown,
  { isSent }: SendingState,
  signal: AbortSignal | undefined,
): boolean {
  if (error instanceof CallbackError) return error.ambiguous;
  // A stop from outside says nothing about the callback.
  return isSent || error !== signal?.reason;
}

/** How far one attempt has come. */
interface SendingState {
  /** Whether all of the callback was on its way. */
  isSent: boolean;
}

/** How one attempt is made. */
interface AttemptTools {
  readonly course: SendingState;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly socket: Socket | undefined;
}

async function send(
  request: CallbackRequest,
  { timeoutMs, signal, socket, course }: AttemptTools,
): Promise<{ status: number; body: string }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let answer: IncomingMessage;
  try {
    answer = await post(request.settings.url, {
      headers: callbackHeaders(request, new Date()),
      body: request.body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      socket,
      onSent: () => {
        course.isSent = true;
      },
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const ended = timeout.aborted ? timeoutMs : undefined;
    throw unanswered(request, { cause, timeoutMs: ended, sent: course.isSent });
  }
  const { statusCode: status = 0 } = answer;
  const taken = status >= 200 && status < 300;
  // Only the status counts: the body of a 2xx may be slow or never end.
  const body = await readAnswer(answer, taken ? ANSWER_PATIENCE_MS : undefined);
  if (!taken) throw refused(request, answer, { status, body });
  return { status, body };
}

/**
 * The beginning of an answer's body, as much as arrives within `patienceMs` milliseconds. A body
 * that breaks off changes nothing: the status is known.
 */
async function readAnswer(answer: IncomingMessage, patienceMs?: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (patienceMs) addAbortSignal(AbortSignal.timeout(patienceMs), answer);
  try {
    for await (const chunk of answer) {
      text += decoder.decode(chunk as Buffer, { stream: true });
      if (text.length >= LONGEST_ANSWER) break;
    }
  } catch {
    // Keep what has arrived.
  }
  return text.slice(0, LONGEST_ANSWER);
}
