import type { CollectionEvent } from '../../lib/collection/events.ts';
import type { CollectionWarning } from '../../lib/collection/inputs/find-inputs.ts';
import { warningLine } from '../../lib/collection/warning-count.ts';
import { withWarnings } from '../../lib/collection/with-warnings.ts';
import { isUnread } from '../../lib/stop.ts';
import type { ChosenViews } from './choose-views.ts';
import { countLines, endLines, failureLines, verifiedLines } from './summary.ts';
import { type CollectionOutcome, inOrder, showCollection } from './view.ts';

/** A run's events, and the findings of its search. */
export interface CollectionRun {
  readonly events: AsyncIterable<CollectionEvent>;
  /** Its TIFFs, in order. */
  readonly inputs: readonly string[];
  readonly warnings: readonly CollectionWarning[];
  /** Asks the run to stop. */
  readonly signal: AbortSignal;
  /** Whether uploads that have begun are finished then. */
  readonly finishesUploads?: boolean;
}

/** Shows a run and returns its result, complete or interrupted, in the order of the inputs. */
export async function followCollection(
  { events, inputs, warnings, signal, finishesUploads = false }: CollectionRun,
  { views, say, sayCounts, sayAlways, taken }: ChosenViews,
): Promise<CollectionOutcome> {
  const sayStopping = () => {
    if (isUnread(signal.reason)) return;
    say('Stopping; unfinished files are discarded. Press Ctrl-C again to quit now.');
    if (finishesUploads) say('Uploads that have begun are finished first.');
  };
  signal.addEventListener('abort', sayStopping);
  try {
    const ended = await showCollection(withWarnings(events, warnings), views, taken);
    const outcome = inOrder(ended, inputs);
    // A reader that has left, like `head`, has what it wanted.
    if (outcome.summary.stopped === 'SIGPIPE') return outcome;
    for (const line of countLines(outcome.summary)) sayCounts(line);
    for (const line of verifiedLines(outcome)) sayAlways(line);
    for (const line of failureLines(outcome)) say(line);
    for (const line of endLines(outcome)) sayCounts(line);
    const warned = warningLine(outcome.summary.warnings);
    if (warned !== undefined) sayAlways(warned);
    return outcome;
  } finally {
    signal.removeEventListener('abort', sayStopping);
  }
}
