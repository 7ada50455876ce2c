import { isTooLate } from '../../callback/failures.ts';
import { isLeased } from '../../callback/outbox-entry.ts';
import type { CallbackPayload } from '../../callback/payload.ts';
import { StorageError } from '../../errors.ts';
import { type Claiming, claim, giveBack, type Pending } from './claim.ts';
import { deliveredAtText, findMark, type Outbox, removeEntries } from './outbox.ts';
import { entriesByTask } from './read-entry.ts';

/** An entry that may be discarded, or is being delivered right now. */
export interface DroppableEntry {
  readonly entry: Pending;
  readonly isBusy: boolean;
  /** Why it may be discarded, or its last known state: a clause. */
  readonly reason: string;
}

/**
 * The entries that may be discarded: those of chosen tasks, or else those that nobody will accept
 * or need. Skips objects that are not entries. Throws `StorageError`.
 */
export async function droppableEntries(
  outbox: Outbox,
  {
    isChosen,
    now,
  }: {
    readonly isChosen?: ((payload: CallbackPayload) => boolean) | undefined;
    readonly now: Date;
  },
): Promise<DroppableEntry[]> {
  const droppable: DroppableEntry[] = [];
  for await (const { found } of entriesByTask(outbox))
    for (const { read } of found) {
      if (typeof read === 'string') continue;
      const reason = isChosen
        ? isChosen(read.payload) && read.entry.error
        : ((await whyObsolete(outbox, read)) ?? false);
      if (reason === false) continue;
      droppable.push({ entry: read, isBusy: isLeased(read.entry, now), reason });
    }
  return droppable;
}

/** Why nobody will accept or need an entry; undefined if somebody may. */
async function whyObsolete(outbox: Outbox, read: Pending): Promise<string | undefined> {
  const { entry, payload } = read;
  if (isRefusedForGood(read)) return entry.error;
  if (payload.status === 'success') return undefined;
  const mark = await findMark(outbox, { ...payload, status: 'success' });
  return mark?.isSealed
    ? `the success of this task was delivered ${deliveredAtText(mark)}`
    : undefined;
}

/**
 * Whether the task's own orchestrator will never accept the entry; what another one does not know
 * proves nothing.
 */
function isRefusedForGood({ entry }: Pending): boolean {
  const { url, answer, answer_url: from = url } = entry;
  return answer !== undefined && isTooLate(answer) && originOf(from) === originOf(url);
}

function originOf(url: string): string | undefined {
  return URL.parse(url)?.origin;
}

/**
 * Discards an entry; returns false if another process has begun to deliver it. Throws
 * `StorageError`, with the entry as it was, or a message that says until when it stays claimed.
 */
export async function dropEntry(
  outbox: Outbox,
  entry: Pending,
  claiming: Claiming,
): Promise<boolean> {
  const mine = await claim(outbox, entry, claiming);
  if (!mine) return false;
  try {
    await removeEntries(outbox, [mine.payload]);
    return true;
  } catch (error) {
    const { error: told, answer, answer_url: answerUrl } = entry.entry;
    const why = { error: told, answer, answerUrl };
    const stuck = await giveBack(outbox, { mine, why, signal: outbox.request.signal });
    if (stuck === undefined || !(error instanceof StorageError)) throw error;
    const claimed = `"${mine.key}" stays in the outbox: ${stuck}`;
    throw new StorageError(error.code, `${error.message} ${claimed}`, { cause: error });
  }
}
