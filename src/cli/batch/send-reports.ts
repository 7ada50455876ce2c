import { randomUUID } from 'node:crypto';
import { messageOf, StorageError } from '../../lib/errors.ts';
import { inParallel } from '../../lib/in-parallel.ts';
import {
  type Reported,
  type ReportOptions,
  sendSuccess,
} from '../../lib/reconcile/send-success.ts';
import type { SurveyedTiff } from '../../lib/reconcile/survey.ts';
import { deliveredAs, failedAs } from '../callback/send-request.ts';
import type { ReportSession } from './report-session.ts';
import { type ReportState, stateWords } from './report-state.ts';

/** Callbacks under way at once: the orchestrator's batch takes one after the other, and R2 is asked between them. */
const CALLBACKS_AT_ONCE = 4;

/** Reports the success of TIFFs whose JPEGs are there, and tells what became of each. Ends early when the session is stopped. */
export async function sendReports(
  tiffs: readonly SurveyedTiff[],
  session: ReportSession,
  onState: (state: ReportState) => void,
): Promise<void> {
  const { result, signal } = session;
  const options = optionsOf(session);
  for (const tiff of tiffs) onState({ tiff, state: 'left' });
  const send = async (tiff: SurveyedTiff) => {
    const state = await reported(tiff, options);
    onState(state);
    const { task_id: taskId, batch_id: batchId } = tiff.task;
    const what = `${tiff.key}: ${stateWords[state.state]} (${batchId}/${taskId})`;
    result(state.summary ? `${what}, ${state.summary}` : `${what}: ${state.reason}`);
  };
  try {
    await inParallel(tiffs, send, { limit: CALLBACKS_AT_ONCE, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function reported(
  tiff: SurveyedTiff,
  options: ReportOptions,
): Promise<ReportState & { readonly summary?: string }> {
  let isUnderWay = false;
  try {
    const outcome = await sendSuccess(tiff, {
      ...options,
      onSending: () => {
        isUnderWay = true;
      },
      onRetry: (notice) => {
        isUnderWay = false;
        options.onRetry?.(notice);
      },
    });
    return told(tiff, outcome);
  } catch (error) {
    if (options.signal.aborted)
      return isUnderWay
        ? { tiff, state: 'not_confirmed', reason: 'the run was stopped while it was being sent' }
        : { tiff, state: 'left', reason: 'the run was stopped before it was sent' };
    // R2 fails for one: the others may still come home.
    if (!(error instanceof StorageError)) throw error;
    return { tiff, state: 'failed', reason: messageOf(error) };
  }
}

function told(tiff: SurveyedTiff, outcome: Reported): ReportState & { readonly summary?: string } {
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

function optionsOf(session: ReportSession): ReportOptions {
  const { outbox, request, url, flags, userAgent, reporter, signal } = session;
  return {
    outbox: { ...outbox, request },
    url,
    urlName: '--report-to',
    userAgent,
    signal,
    owner: randomUUID(),
    includeUnknown: flags['include-unknown'],
    onRetry: ({ error, delayMs }) =>
      reporter.warn(`${messageOf(error)} Trying again in ${delayMs} ms`),
    onStuck: (key, reason) => reporter.warn(`"${key}" stays in the outbox: ${reason}`),
  };
}
