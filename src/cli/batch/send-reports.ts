import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { messageOf, StorageError } from '../../lib/errors.ts';
import {
  keepSuccess,
  type SentSuccess,
  type SuccessOptions,
  sendSuccess,
} from '../../lib/reconcile/send-success.ts';
import type { SurveyedTiff } from '../../lib/reconcile/survey.ts';
import { deliveredAs, failedAs } from '../callback/send-request.ts';
import type { ReportSession } from './report-session.ts';
import { type ReportState, stateWords } from './report-state.ts';

/**
 * Callbacks at once: the orchestrator's batch handles them one after the other, with requests to R2
 * in between.
 */
const CALLBACKS_AT_ONCE = 4;

/** The successes of a batch, while they are sent. */
export interface Reports {
  /** Queues the success of a TIFF that has a JPEG; repeated calls send it only once. */
  send(tiff: SurveyedTiff): void;
  /**
   * Stores it in the outbox before it is queued, unless `signal` aborts: a stop before its turn
   * does not lose it. Never throws.
   */
  keepAndSend(tiff: SurveyedTiff, signal: AbortSignal): Promise<void>;
  /** Whether it was queued. */
  has(tiff: SurveyedTiff): boolean;
  /**
   * Resolves when all have been sent, or left because the session was stopped. Throws errors that
   * are not about a single one.
   */
  sent(): Promise<void>;
}

/** Sends successes in order, some at once, and reports what becomes of each. */
export function openReports(
  session: ReportSession,
  onState: (state: ReportState) => void,
): Reports {
  const { result, reporter, request, outbox, signal } = session;
  const options = optionsOf(session);
  const limit = pLimit(CALLBACKS_AT_ONCE);
  const all = new Map<string, Promise<void>>();
  const unkept = new Set<string>();
  const tell = (state: ReportState) =>
    onState(unkept.has(state.tiff.key) ? withUnkept(state) : state);
  const sendNow = async (tiff: SurveyedTiff) => {
    if (signal.aborted) return;
    const state = await reported(tiff, options);
    tell(state);
    if (state.state === 'delivered' && state.reason)
      reporter.warn(`"${tiff.key}" was delivered, but ${state.reason}`);
    const { task_id: taskId, batch_id: batchId } = tiff.task;
    const what = `${tiff.key}: ${stateWords[state.state]} (${batchId}/${taskId})`;
    result(state.summary ? `${what}, ${state.summary}` : `${what}: ${state.reason}`);
  };
  const send = (tiff: SurveyedTiff) => {
    if (all.has(tiff.key)) return;
    tell({ tiff, state: 'left' });
    const sending = limit(() => sendNow(tiff));
    // `sent` throws it.
    sending.catch(() => {});
    all.set(tiff.key, sending);
  };
  return {
    send,
    keepAndSend: async (tiff, until) => {
      const own = { ...outbox, request: { ...request, signal: until } };
      const isKept = await keepSuccess(tiff, { ...options, outbox: own }).catch((error) => {
        reporter.warn(
          `The callback of "${tiff.key}" is not in the outbox yet: ${messageOf(error)}`,
        );
        return false;
      });
      if (!isKept) unkept.add(tiff.key);
      send(tiff);
    },
    has: ({ key }) => all.has(key),
    sent: async () => {
      await Promise.allSettled(all.values());
      await Promise.all(all.values());
    },
  };
}

/** What a next run cannot know of a JPEG whose callback nobody has kept. */
const UNKEPT =
  'its JPEG is in R2, and its callback may not be in the outbox: ' +
  'if the next run counts it as unknown, --include-unknown sends it';

/** A callback that was not sent: without an entry the same command alone does not send it. */
function withUnkept(state: ReportState): ReportState {
  if (state.sent || !['left', 'failed'].includes(state.state)) return state;
  return { ...state, reason: state.reason === undefined ? UNKEPT : `${state.reason}; ${UNKEPT}` };
}

async function reported(
  tiff: SurveyedTiff,
  options: SuccessOptions,
): Promise<ReportState & { readonly summary?: string }> {
  let isLost = false;
  const onLost = () => {
    isLost = true;
  };
  try {
    return told(tiff, await sendSuccess(tiff, { ...options, onLost }));
  } catch (error) {
    if (options.signal.aborted)
      return isLost
        ? { tiff, state: 'not_confirmed', reason: 'the run was interrupted while sending it' }
        : { tiff, state: 'left', reason: 'the run was interrupted before it was taken' };
    // R2 failed for one: the others may still succeed.
    if (!(error instanceof StorageError)) throw error;
    return { tiff, state: 'failed', reason: messageOf(error) };
  }
}

function told(
  tiff: SurveyedTiff,
  outcome: SentSuccess,
): ReportState & { readonly summary?: string } {
  const { state } = outcome;
  const { event } = { event: undefined, ...outcome };
  if (outcome.state === 'delivered') {
    const { request, delivery, ms, leftover } = outcome.event;
    const { document: sent, summary } = deliveredAs(request, delivery, ms);
    const reason = leftover && `it could not be marked as delivered: ${leftover}`;
    return { tiff, state, summary, sent, reason };
  }
  const sent =
    event?.kind === 'failed' ? failedAs(event.request, event.error, event).document : undefined;
  return { tiff, state, reason: outcome.reason, sent };
}

function optionsOf(session: ReportSession): SuccessOptions {
  const { outbox, request, url, flags, userAgent, reporter, signal } = session;
  return {
    outbox: { ...outbox, request },
    url,
    urlName: '--report-to',
    userAgent,
    signal,
    owner: randomUUID(),
    includeUnknown: flags['include-unknown'],
    onRetry: ({ error, delayMs }) => reporter.warn(`${messageOf(error)} Retrying in ${delayMs} ms`),
    onStuck: (key, reason) => reporter.warn(`"${key}" stays in the outbox: ${reason}`),
  };
}
