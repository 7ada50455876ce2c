import type {
  CollectionEvent,
  CollectionSummary,
  CollectionWarning,
  FilePlan,
  FileRecord,
  UnreadPath,
} from '../../lib/collection/events.ts';

/** Somebody who is shown what happens during a run over a collection. */
export interface CollectionView {
  /** Called once for each event, in their order. */
  show(event: CollectionEvent): void;
  /** Called once when there are no more, or when the run was broken off. */
  close?(): void;
}

/** What a run came to: how each TIFF ended (in a dry run: would end), in that order, and the sum of it. */
export interface CollectionOutcome {
  readonly records: readonly (FileRecord | FilePlan)[];
  readonly summary: CollectionSummary;
  /** What could not be read when the TIFFs were searched for. */
  readonly unread: readonly UnreadPath[];
  /** What was said of the collection as a whole. */
  readonly warnings: readonly CollectionWarning[];
}

/**
 * Shows the views all that happens, and gives back what it came to. Throws what the events throw, which
 * is a bug of whoever makes them, and so are events without an end. Each event is shown when what was written of those
 * before has been `taken`: lines that nobody reads yet would fill the memory, where events wait as the records that
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
  if (!summary) throw new Error('A run over a collection has ended without saying so.');
  return { records, summary, unread, warnings };
}

function isFile(event: object): event is FileRecord | FilePlan {
  return 'status' in event;
}
