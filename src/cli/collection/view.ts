import type {
  CollectionEvent,
  CollectionSummary,
  CollectionWarning,
  FilePlan,
  FileRecord,
  UnreadPath,
} from '../../lib/collection/events.ts';

/** Shows a run over a collection. */
export interface CollectionView {
  /** Called for each event, in order. */
  show(event: CollectionEvent): void;
  /** Called once after the last event, or when the run has failed. */
  close?(): void;
}

/** The result of a run: each TIFF's record (in a dry run: plan), as they ended, and the summary. */
export interface CollectionOutcome {
  readonly records: readonly (FileRecord | FilePlan)[];
  readonly summary: CollectionSummary;
  /** What could not be read during the search. */
  readonly unread: readonly UnreadPath[];
  /** Warnings about the collection as a whole. */
  readonly warnings: readonly CollectionWarning[];
}

/**
 * Passes all events to the views and returns the result. Throws what the events throw, and if they
 * end without a last one: both are bugs. Each event is shown after the output of the previous ones
 * has been `taken`, because unread lines would fill the memory, while events wait as records that
 * are kept anyway. The run itself waits for no reader.
 */
export async function showCollection(
  events: AsyncIterable<CollectionEvent>,
  views: readonly CollectionView[],
  taken: () => Promise<void> = async () => {},
): Promise<CollectionOutcome> {
  const records: (FileRecord | FilePlan)[] = [];
  const unread: UnreadPath[] = [];
  const warnings: CollectionWarning[] = [];
  let summary: CollectionSummary | undefined;
  try {
    for await (const event of events) {
      for (const view of views) view.show(event);
      const { event: name, ...rest } = event;
      if (isFile(rest)) records.push(rest);
      if (event.event === 'collection.unread') unread.push(rest as UnreadPath);
      if (event.event === 'collection.warning')
        warnings.push({ code: event.code, message: event.message });
      if (name === 'collection.ended') summary = rest as CollectionSummary;
      await taken();
    }
  } finally {
    for (const view of views) view.close?.();
  }
  if (!summary) throw new Error('A collection run ended without its last event.');
  return { records, summary, unread, warnings };
}

/** The same result with the records in the order of the run's inputs, not that of their ends. */
export function inOrder(outcome: CollectionOutcome, inputs: readonly string[]): CollectionOutcome {
  const place = new Map(inputs.map((input, index) => [input, index]));
  const placeOf = ({ input }: { readonly input: string }) => place.get(input) ?? 0;
  return { ...outcome, records: outcome.records.toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

function isFile(event: object): event is FileRecord | FilePlan {
  return 'status' in event;
}
