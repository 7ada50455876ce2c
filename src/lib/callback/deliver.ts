import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { CallbackError, messageOf, systemCodeOf } from '../errors.ts';
import { shownUrl } from '../http-url.ts';
import {
  isRetryableStatus,
  parseRetryAfter,
  type RetryNotice,
  type RetryPolicy,
  retry,
} from '../retry.ts';
import type { Connection } from './connection.ts';
import { post } from './post.ts';
import { type CallbackRequest, callbackHeaders } from './request.ts';

/** How long one attempt may take, in milliseconds. */
export const ATTEMPT_TIMEOUT_MS = 10_000;

/** How often a task's callback is tried: together at most about 15 s of waiting. */
export const CALLBACK_RETRY: RetryPolicy = { attempts: 6, baseDelayMs: 500, maxDelayMs: 5_000 };

/** How long the body of a 2xx answer is waited for, in milliseconds; it is only shown. */
const ANSWER_PATIENCE_MS = 1_000;

/** The longest answer that is read, in characters: it is shown to people and searched, never stored. */
const MAX_ANSWER_LENGTH = 4_096;

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
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that are left for all attempts: what would have to wait longer is not tried again. */
  readonly msLeft?: () => number;
  /** Used by the first attempt. */
  readonly connection?: Connection | undefined;
}

/**
 * POSTs a callback until a 2xx answers, with the identical body each time. A redirect is a failure
 * (following it would turn the POST into a GET without a body and report success), and so is any
 * other answer. Retries what may pass, and what is ambiguous, as the design's "Callback policy" says;
 * throws `CallbackError` when it gives up.
 */
export async function deliverCallback(
  request: CallbackRequest,
  options: DeliveryOptions = {},
): Promise<Delivery> {
  const { policy = CALLBACK_RETRY, onRetry, onAttempt, signal, msLeft } = options;
  let attempts = 0;
  const answer = await retry(
    (number) => {
      attempts = number;
      onAttempt?.(number);
      const timeoutMs = options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
      return send(request, { timeoutMs, signal, socket: options.connection?.take() });
    },
    { policy, onRetry, signal, msLeft },
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
  try {
    answer = await post(request.settings.url, {
      headers: callbackHeaders(request, new Date()),
      body: request.body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      socket,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw unreachable(request, error, timeout.aborted ? timeoutMs : undefined);
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
      if (text.length >= MAX_ANSWER_LENGTH) break;
    }
  } catch {
    // What came so far is kept.
  }
  return text.slice(0, MAX_ANSWER_LENGTH);
}

function unreachable(
  request: CallbackRequest,
  error: unknown,
  timeoutMs: number | undefined,
): CallbackError {
  const code = systemCodeOf(error);
  const reason = timeoutMs
    ? `no answer within ${timeoutMs / 1000} s`
    : `${messageOf(error)}${code && !messageOf(error).includes(code) ? ` (${code})` : ''}`;
  return new CallbackError(
    `The callback to ${shownUrl(request.settings.url)} failed: ${reason}. ` +
      `Check that ${urlNameOf(request)} is right and the orchestrator is up.`,
    { cause: error, retryable: true },
  );
}

function refused(
  request: CallbackRequest,
  { statusMessage, headers }: IncomingMessage,
  answer: { readonly status: number; readonly body: string },
): CallbackError {
  const { status, body } = answer;
  return new CallbackError(
    `The callback to ${shownUrl(request.settings.url)} was answered ${status}` +
      `${statusMessage ? ` ${statusMessage}` : ''}: ${adviceFor(status, body, urlNameOf(request))}`,
    {
      retryable: isRetryableStatus(status) && !isTaskNotFound(status, body),
      retryAfterMs: parseRetryAfter(headers['retry-after'] ?? null),
      answer,
    },
  );
}

function urlNameOf({ settings: { urlName = 'CALLBACK_URL' } }: CallbackRequest): string {
  return urlName;
}

function adviceFor(status: number, body: string, urlName: string): string {
  if (isTaskNotFound(status, body))
    return 'the orchestrator does not know this task (any more); the batch has moved on.';
  if (status >= 300 && status < 400)
    return `redirects are not followed, as they would lose the body. Set ${urlName} to the final address.`;
  if (status === 401 || status === 403)
    return `it is not allowed. Check ${urlName} and CALLBACK_SECRET.`;
  if (status === 404 || status === 405) return `nothing takes callbacks there. Check ${urlName}.`;
  if (status >= 500) return 'the orchestrator failed. Look at its log.';
  return 'the orchestrator does not take it. Look at its log.';
}

/** The orchestrator's way of saying that the batch has moved on: terminal, though a 500. */
function isTaskNotFound(status: number, body: string): boolean {
  return status === 500 && /task not found/i.test(body);
}
