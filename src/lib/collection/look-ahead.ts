import { failureOf } from './failure.ts';
import type { CollectionItem, Look, LookingTools } from './item.ts';

/** Looks at items before their turn, and gives what it has seen in their order. */
export interface LookAhead {
  /** Those of the next items that have been looked at, so many at most; looks go on meanwhile. */
  take(most: number): Look[];
  /** Whether all items have been taken. */
  isThrough(): boolean;
  /** Resolves when no look is under way. Throws nothing. */
  settled(): Promise<void>;
}

/** How many files are looked at together: some milliseconds of waiting for the disk each. */
const AT_ONCE = 4;

/** A look that is under way or done. */
interface Seen {
  look: Look | undefined;
  readonly done: Promise<void>;
}

/** Begins when the first are taken; `onLook` is called when there is something to be taken. */
export function lookAhead(
  items: readonly CollectionItem[],
  tools: LookingTools,
  onLook: () => void,
  atOnce = AT_ONCE,
): LookAhead {
  const seen: Seen[] = [];
  let next = 0;
  const begin = (item: CollectionItem): Seen => {
    const one: { -readonly [Key in keyof Seen]: Seen[Key] } = {
      look: undefined,
      done: Promise.resolve(),
    };
    one.done = safely(item, tools).then((look) => {
      one.look = look;
      onLook();
    });
    return one;
  };
  return {
    take: (most) => {
      const taken: Look[] = [];
      for (let first = seen[0]; first?.look && taken.length < most; first = seen[0]) {
        taken.push(first.look);
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

/** A look that fails in a way that nobody foresaw is a failed file, too. After the signal nobody takes it. */
async function safely(item: CollectionItem, tools: LookingTools): Promise<Look> {
  try {
    return await item.look(tools);
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
