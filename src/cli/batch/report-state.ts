import type { BatchCallback } from '../../lib/documents/documents.ts';
import type { SurveyedTiff } from '../../lib/reconcile/survey.ts';

/** The state of a TIFF's success, for `--json` and for people. */
export interface ReportState extends Pick<BatchCallback, 'state' | 'reason' | 'sent'> {
  readonly tiff: SurveyedTiff;
  /** The key of the JPEG. */
  readonly output?: string | undefined;
}

export type StateName = BatchCallback['state'];

/** The names of the states for people, in display order. */
export const stateWords: Readonly<Record<StateName, string>> = {
  to_convert: 'to convert and send',
  to_send: 'to send',
  delivered: 'delivered',
  already_delivered: 'already delivered',
  too_late: 'too late',
  not_confirmed: 'not confirmed',
  unknown: 'unknown',
  busy: 'being sent by another process',
  held: 'held',
  not_converted: 'not converted',
  failed: 'failed',
  left: 'remaining',
};

/**
 * What to do about TIFFs in a state that the orchestrator lacks; `hasLog`: whether logs were given.
 */
export function remedyOf(
  state: StateName,
  { hasLog }: { readonly hasLog: boolean },
): string | undefined {
  if (state === 'unknown' && !hasLog)
    return `${UNKNOWN_IS}; check with --log FILE, or ${UNKNOWN_NEXT}`;
  return stateRemedies[state];
}

const UNKNOWN_IS = 'may have been delivered';
const UNKNOWN_NEXT = 'send with --include-unknown (duplicates count twice)';

const stateRemedies: Readonly<Partial<Record<StateName, string>>> = {
  too_late: 'the orchestrator no longer accepts them',
  not_confirmed:
    'sent, but the answer was lost; check the orchestrator before using --include-unknown',
  unknown: `${UNKNOWN_IS}; ${UNKNOWN_NEXT}`,
  held: 'not sent; skip them with --exclude, or name the task of one with --task-id',
  failed: 'run the same command again to retry',
  left: 'run the same command again to resume',
};

/** Whether the orchestrator has the picture, or would have it after a dry run's plan. */
export function isHome({ state }: Pick<ReportState, 'state'>): boolean {
  return ['delivered', 'already_delivered', 'to_send', 'to_convert'].includes(state);
}

/** The states for `--json`. */
export function callbacksOf(states: readonly ReportState[]): BatchCallback[] {
  return states.map(({ tiff, state, output = tiff.jpeg?.key, reason, sent }) => ({
    state,
    input: tiff.key,
    ...(output === undefined ? {} : { output }),
    ...tiff.task,
    ...(reason === undefined ? {} : { reason }),
    ...(sent === undefined ? {} : { sent }),
  }));
}
