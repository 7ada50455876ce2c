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

/** How long one attempt may take, in milliseconds. */
export const ATTEMPT_TIMEOUT_MS = 10_000;

/** How often a task's callback is tried: only time ends that. */
const CALLBACK_RETRY: RetryPolicy = {
  attempts: Number.POSITIVE_INFINITY,
  baseDelayMs: 500,
  maxDelayMs: 5_000,
};

/** How long the body of a 2xx answer is waited for, in milliseconds; it is only shown. */
const ANSWER_PATIENCE_MS = 1_000;

/** The receiver's answer to a delivered callback. */
export interface Delivery {
  readonly status: number;
  readonly body: string;
  /** How many attempts it took. */
  readonly attempts: number;
}

/** What `deliverCallback` needs besides the request. */
export interface DeliveryOptions {
  readonly policy?: RetryPolicy | undefined;
  /** `ATTEMPT_TIMEOUT_MS` unless told. */
  readonly attemptTimeoutMs?: number | undefined;
  readonly onRetry?: (notice: RetryNotice) => void;
  /** Called just before an attempt is sent, with its number from 1. */
  readonly onAttempt?: (attempt: number) => void;
  /** Called when an attempt was sent and nobody knows what became of it: it may have been taken. */
  readonly onLost?: () => void;
  /** Asked before each attempt but the first; what it throws ends the delivery, and is thrown. */
  readonly mayRepeat?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends a wait between attempts, and keeps later ones short. */
  readonly hurry?: AbortSignal | undefined;
  /** Milliseconds that are left for all attempts: the last wait leaves time for one more. */
  readonly msLeft?: () => number;
  /** Used by the first attempt. */
  readonly connection?: Connection | undefined;
}

/**
 * POSTs a callback until a 2xx answers, with the identical body each time. A redirect is a failure
 * (following it would turn the POST into a GET without a body and report success), and so is any
 * other answer. Retries what may pass, and what is ambiguous (docs/policies.md, "Callback");
 * throws `CallbackError` when it gives up.
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
      if (number > 1) await mayRepeat?.();
      attempts = number;
      onAttempt?.(number);
      const timeoutMs = options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
      try {
        return await send(request, { timeoutMs, signal, socket: options.connection?.take() });
      } catch (error) {
        if (lost !== undefined && isTaskUnknown(error)) throw probablyTaken(error, lost);
        // What ends an attempt from outside is no error of the callback's.
        if (!(error instanceof CallbackError) || error.ambiguous) {
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

/** How one attempt is made. */
interface Way {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly socket: Socket | undefined;
}

async function send(
  request: CallbackRequest,
  { timeoutMs, signal, socket }: Way,
): Promise<{ status: number; body: string }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  let answer: IncomingMessage;
  let sent = false;
  try {
    answer = await post(request.settings.url, {
      headers: callbackHeaders(request, new Date()),
      body: request.body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      socket,
      onSent: () => {
        sent = true;
      },
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw unanswered(request, { cause, timeoutMs: timeout.aborted ? timeoutMs : undefined, sent });
  }
  const { statusCode: status = 0 } = answer;
  const taken = status >= 200 && status < 300;
  // A 2xx is all that counts: its body may take its time, or never end.
  const body = await readAnswer(answer, taken ? ANSWER_PATIENCE_MS : undefined);
  if (!taken) throw refused(request, answer, { status, body });
  return { status, body };
}

/**
 * The beginning of an answer's body, as far as it comes in that many milliseconds. A body that breaks off
 * changes nothing: the status has been given.
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
    // What came so far is kept.
  }
  return text.slice(0, LONGEST_ANSWER);
}
