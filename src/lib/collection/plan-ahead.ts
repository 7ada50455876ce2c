import { failureOf } from './failure.ts';
import type { CollectionItem, ItemPlan, PlanningTools } from './item.ts';

/** Plans items before their turn, and returns the plans in order. */
export interface PlanAhead {
  /** At most `most` of the next plans; planning continues meanwhile. */
  take(most: number): ItemPlan[];
  /** Whether all items have been taken. */
  isThrough(): boolean;
  /** Resolves when no planning is in progress. Never throws. */
  settled(): Promise<void>;
}

/** Files planned at once: each waits some milliseconds for the disk. */
const AT_ONCE = 4;

/** A plan that is being made, or is there. */
interface PlanUnderWay {
  plan: ItemPlan | undefined;
  readonly done: Promise<void>;
}

/** Starts with the first `take`; `onPlan` is called when there is something to take. */
export function planAhead(
  items: readonly CollectionItem[],
  tools: PlanningTools,
  onPlan: () => void,
  atOnce = AT_ONCE,
): PlanAhead {
  const seen: PlanUnderWay[] = [];
  let next = 0;
  const begin = (item: CollectionItem): PlanUnderWay => {
    const one: { -readonly [Key in keyof PlanUnderWay]: PlanUnderWay[Key] } = {
      plan: undefined,
      done: Promise.resolve(),
    };
    one.done = safely(item, tools).then((plan) => {
      one.plan = plan;
      onPlan();
    });
    return one;
  };
  return {
    take: (most) => {
      const taken: ItemPlan[] = [];
      for (let first = seen[0]; first?.plan && taken.length < most; first = seen[0]) {
        taken.push(first.plan);
        seen.shift();
      }
      for (let item = items[next]; item && seen.length < atOnce; item = items[++next])
        seen.push(begin(item));
      return taken;
    },
    isThrough: () => next >= items.length && seen.length === 0,
    settled: async () => {
      await Promise.all(seen.map(({ done }) => done));
    },
  };
}

/** An unexpected failure of planning is a failed file. After the signal it is never taken. */
async function safely(item: CollectionItem, tools: PlanningTools): Promise<ItemPlan> {
  try {
    return await item.plan(tools);
  } catch (error) {
    const { input, output, sourceBytes } = item;
    const unknown = { kind: undefined, pixels: undefined, ms: 0 };
    return {
      input,
      output,
      source_bytes: sourceBytes,
      ...unknown,
      status: 'failed',
      error: failureOf(error),
    };
  }
}
