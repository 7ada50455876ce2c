import type { CollectionEvent } from '../../lib/collection/events.ts';
import type { CollectionWarning } from '../../lib/collection/inputs/find-inputs.ts';
import { warningLine } from '../../lib/collection/warning-count.ts';
import { isUnread } from '../../lib/stop.ts';
import type { ChosenViews } from './choose-views.ts';
import { summaryLines } from './summary.ts';
import { type CollectionOutcome, showCollection } from './view.ts';

/** What a run tells, and what was found out before it began. */
export interface CollectionRun {
  readonly events: AsyncIterable<CollectionEvent>;
  readonly warnings: readonly CollectionWarning[];
  /** Asks the run to stop. */
  readonly signal: AbortSignal;
}

/** Shows a run and what it came to in the end, or what it had come to when it was stopped. */
export async function followCollection(
  { events, warnings, signal }: CollectionRun,
  { views, say, sayAlways, taken }: ChosenViews,
): Promise<CollectionOutcome> {
  const sayStopping = () => {
    if (!isUnread(signal.reason))
      say('Stopping: what is under way is dropped. Ctrl-C again leaves at once.');
  };
  signal.addEventListener('abort', sayStopping);
  try {
    const outcome = await showCollection(withWarnings(events, warnings), views, taken);
    // A reader that has left, as `head` does, has what it wanted.
    if (outcome.summary.stopped === 'SIGPIPE') return outcome;
    const [counts, ...rest] = summaryLines(outcome);
    // What is missing from the run is said also where all else is to be quiet.
    const sayCounts = outcome.unread.length > 0 ? sayAlways : say;
    sayCounts(counts);
    for (const line of rest) say(line);
    const warned = warningLine(outcome.summary.warnings);
    if (warned !== undefined) sayAlways(warned);
    return outcome;
  } finally {
    signal.removeEventListener('abort', sayStopping);
  }
}

/** The events, with warnings told as soon as the run has begun. */
async function* withWarnings(
  events: AsyncIterable<CollectionEvent>,
  warnings: readonly CollectionWarning[],
): AsyncGenerator<CollectionEvent> {
  for await (const event of events) {
    yield event;
    if (event.event !== 'collection.started') continue;
    for (const warning of warnings) yield { event: 'collection.warning', ...warning };
  }
}
