import { createBell } from './bell.ts';
import type { CollectionEvent } from './events.ts';
import type { CollectionItem, LookingTools } from './item.ts';
import { lookAhead } from './look-ahead.ts';
import type { Tally } from './tally.ts';

/** Says what would become of the items, in their order, until the signal ends it. Throws nothing. */
export async function planItems(
  items: readonly CollectionItem[],
  looking: LookingTools,
  tally: Tally,
  tell: (event: CollectionEvent) => void,
  looksAtOnce?: number,
): Promise<void> {
  const { signal } = looking;
  const bell = createBell();
  const looks = lookAhead(items, looking, bell.ring, looksAtOnce);
  signal.addEventListener('abort', bell.ring);
  while (!signal.aborted) {
    for (const look of looks.take(items.length)) {
      if (look.status === 'due') {
        tally.planned(look);
        tell({ event: 'file.planned', ...look.source, status: 'due', pages: look.plans });
        continue;
      }
      tally.ended(look);
      tell({ event: 'file.planned', ...look });
    }
    if (looks.isThrough()) break;
    await bell.heard();
  }
  signal.removeEventListener('abort', bell.ring);
  await looks.settled();
}
