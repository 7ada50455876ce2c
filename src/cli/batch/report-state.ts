import type { BatchCallback } from '../../lib/documents/documents.ts';
import type { SurveyedTiff } from '../../lib/reconcile/survey.ts';

/** How the success of a TIFF stands, as `--json` and lines for people tell it. */
export interface ReportState extends Pick<BatchCallback, 'state' | 'reason' | 'sent'> {
  readonly tiff: SurveyedTiff;
  /** The key of the JPEG. */
  readonly output?: string | undefined;
}

type State = BatchCallback['state'];

/** What the states are called for people, in the order in which they are told. */
export const stateWords: Readonly<Record<State, string>> = {
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
  left: 'left undone',
};

/** What can be done about those of a state that are missing at the orchestrator. */
export const stateRemedies: Readonly<Partial<Record<State, string>>> = {
  too_late: 'the orchestrator does not take them any more',
  not_confirmed:
    'sent, and the answer was lost; see what the orchestrator has before --include-unknown',
  unknown:
    'may have been delivered; --log FILE may tell, --include-unknown sends them, which counts twice what is there',
  held: 'not sent: --exclude goes on without them; --task-id names the task of one',
  failed: 'run it again to try again',
  left: 'run it again to go on',
};

/** Whether the orchestrator has the picture, or would have it after a dry run's plan. */
export function isHome({ state }: Pick<ReportState, 'state'>): boolean {
  return ['delivered', 'already_delivered', 'to_send', 'to_convert'].includes(state);
}

/** The states as `--json` tells them. */
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
