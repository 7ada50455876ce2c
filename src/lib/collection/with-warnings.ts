import type { CollectionEvent, CollectionWarning } from './events.ts';

/** The events, with the search's warnings after the first. */
export async function* withWarnings(
  events: AsyncIterable<CollectionEvent>,
  warnings: readonly CollectionWarning[],
): AsyncGenerator<CollectionEvent> {
  for await (const event of events) {
    yield event;
    if (event.event !== 'collection.started') continue;
    for (const warning of warnings) yield { event: 'collection.warning', ...warning };
  }
}
