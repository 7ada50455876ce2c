import { createBell } from './bell.ts';
import type { CollectionEvent, FailedRecord, WouldFailRecord } from './events.ts';
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
      const plan = look.status === 'failed' ? wouldFail(look) : look;
      if (plan.status === 'would_fail') tally.wouldFail();
      else tally.ended(plan);
      tell({ event: 'file.planned', ...plan });
    }
    if (looks.isThrough()) break;
    await bell.heard();
  }
  signal.removeEventListener('abort', bell.ring);
  await looks.settled();
}

function wouldFail({ ms: _, ...record }: FailedRecord): WouldFailRecord {
  return { ...record, status: 'would_fail' };
}
