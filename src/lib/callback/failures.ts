import type { IncomingMessage } from 'node:http';
import { CallbackError, messageOf, systemCodeOf } from '../errors.ts';
import { shownUrl } from '../http-url.ts';
import { isRetryableStatus, parseRetryAfter } from '../retry.ts';
import type { ReceiverAnswer } from '../shown-answer.ts';
import type { CallbackRequest } from './request.ts';

/** How an attempt without an answer ended. */
interface Unanswered {
  readonly cause: unknown;
  /** The attempt's time limit if that ended it, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Whether the whole callback was sent. */
  readonly sent: boolean;
}

/** The error of an attempt without an answer: the next one may succeed. */
export function unanswered(
  request: CallbackRequest,
  { cause, timeoutMs, sent }: Unanswered,
): CallbackError {
  const code = systemCodeOf(cause);
  const reason = timeoutMs
    ? `no answer within ${timeoutMs / 1000} s`
    : `${messageOf(cause)}${code && !messageOf(cause).includes(code) ? ` (${code})` : ''}`;
  return new CallbackError(
    `The callback to ${shownUrl(request.settings.url)} failed: ${reason}. ` +
      `Check that ${urlNameOf(request)} is right and the orchestrator is up.`,
    { cause, retryable: true, ambiguous: sent },
  );
}

/** Answers of a gateway whose server did not answer (504; Cloudflare: 520, 524). */
const GATEWAY_HAS_ASKED: readonly number[] = [504, 520, 524];

/** The error of an attempt with an answer other than 2xx. */
export function refused(
  request: CallbackRequest,
  { statusMessage, headers }: IncomingMessage,
  answer: ReceiverAnswer,
): CallbackError {
  const { status, body } = answer;
  return new CallbackError(
    `The callback to ${shownUrl(request.settings.url)} was answered ${status}` +
      `${statusMessage ? ` ${statusMessage}` : ''}: ${adviceFor(status, body, urlNameOf(request))}`,
    {
      retryable: isRetryableStatus(status) && unknownThing(answer) === undefined,
      retryAfterMs: parseRetryAfter(headers['retry-after'] ?? null),
      answer,
      ambiguous: GATEWAY_HAS_ASKED.includes(status),
    },
  );
}

/**
 * The same error if an earlier attempt may have been accepted: an orchestrator forgets a task whose
 * callback it has accepted once its batch moves on. It counts as undelivered, because no answer
 * confirmed it.
 */
export function probablyTaken(error: CallbackError, lostAttempt: number): CallbackError {
  return unconfirmed(error, `the answer to attempt ${lostAttempt} was lost`);
}

/** Like `probablyTaken`, if the lost answer was for an earlier process. */
export function takenBefore(error: CallbackError): CallbackError {
  return unconfirmed(error, 'it was sent before, and that answer was lost');
}

function unconfirmed(error: CallbackError, why: string): CallbackError {
  return new CallbackError(
    `${error.message} Delivery is not confirmed: ${why}, so the callback was probably taken then.`,
    { cause: error, answer: error.answer, ambiguous: true },
  );
}

/** Whether the orchestrator answered that it does not know the task. */
export function isTaskUnknown(error: unknown): error is CallbackError {
  const { answer } = error as Partial<CallbackError>;
  return error instanceof CallbackError && answer !== undefined && unknownThing(answer) === 'task';
}

/** Whether the callback was not confirmed but probably accepted. */
export function isProbablyTaken(error: unknown): boolean {
  return isTaskUnknown(error) && error.ambiguous;
}

function urlNameOf({ settings: { urlName = 'CALLBACK_URL' } }: CallbackRequest): string {
  return urlName;
}

function adviceFor(status: number, body: string, urlName: string): string {
  const unknown = unknownThing({ status, body });
  if (unknown === 'task')
    return 'the orchestrator does not know this task, or no longer; the batch has moved on.';
  if (unknown === 'batch')
    return 'the orchestrator does not know this batch. Check BATCH_ID; the batch may be over.';
  if (status >= 300 && status < 400)
    return `redirects are not followed, because they would lose the body. Set ${urlName} to the final address.`;
  if (status === 401 || status === 403)
    return `it is not allowed. Check ${urlName} and CALLBACK_SECRET.`;
  if (status === 404 || status === 405) return `no callbacks are accepted there. Check ${urlName}.`;
  if (status >= 500) return 'the orchestrator failed. Check its log.';
  return 'the orchestrator rejected it. Check its log.';
}

/**
 * What the orchestrator says it does not know: "Task not found", "Batch not found". It answers
 * every problem with 500; these two are final, because waiting does not help.
 */
export function unknownThing(answer: ReceiverAnswer): 'task' | 'batch' | undefined {
  if (answer.status !== 500) return undefined;
  const [, thing] = /(task|batch) not found/i.exec(answer.body) ?? [];
  return thing?.toLowerCase() as 'task' | 'batch' | undefined;
}

/** The orchestrator's error once a batch has ended: the phase that accepts the callback is gone. */
const PHASE_IS_GONE = /cannot read propert(y|ies) of (undefined|null)/i;

/** Whether the orchestrator no longer knows the task or the batch, or the batch has ended. */
export function isTooLate(answer: ReceiverAnswer): boolean {
  return (
    unknownThing(answer) !== undefined || (answer.status === 500 && PHASE_IS_GONE.test(answer.body))
  );
}
