import { randomUUID } from 'node:crypto';
import type { OutboxEntryTold } from '../../lib/documents/documents.ts';
import { SettingsError } from '../../lib/errors.ts';
import { escapeControls } from '../../lib/redact.ts';
import { type DroppableEntry, dropEntry, droppableEntries } from '../../lib/task/outbox/discard.ts';
import { busyText } from '../../lib/task/outbox/drain-entry.ts';
import type { Outbox } from '../../lib/task/outbox/outbox.ts';
import { outputTaken } from '../standard-streams.ts';
import { agrees, neededOutbox } from './known.ts';
import { type CallbackResult, type CallbackSession, isChosen } from './session.ts';

/** How long an entry to be discarded is claimed, in milliseconds. */
const CLAIM_MS = 30_000;

/**
 * Discards callbacks from the outbox: those of --task-id and --batch-id, or else those that nobody
 * will accept or need. Shows them and asks first. Throws `SettingsError` if nobody can be asked.
 */
export async function discardPending(session: CallbackSession): Promise<CallbackResult> {
  const { flags, chosen, result } = session;
  const outbox = await neededOutbox(session);
  const isAny = chosen.taskId === undefined && chosen.batchId === undefined;
  const found = await droppableEntries(outbox, {
    isChosen: isAny ? undefined : (payload) => isChosen(payload, chosen),
    now: new Date(),
  });
  const busy = found.filter(({ isBusy }) => isBusy).map((one) => toldOf(one, 'busy'));
  const idle = found.filter(({ isBusy }) => !isBusy);
  for (const told of busy) show(told, session);
  if (found.length === 0) result('Nothing to discard.');
  const dropped = idle.length === 0 ? [] : await dropAll(outbox, idle, session);
  const isDone = flags['dry-run'] || !dropped.some(({ state }) => state === 'discardable');
  return { ok: isDone, document: { entries: [...busy, ...dropped], skipped: 0 } };
}

async function dropAll(
  outbox: Outbox,
  entries: readonly DroppableEntry[],
  session: CallbackSession,
): Promise<OutboxEntryTold[]> {
  const { flags, signal } = session;
  const told = entries.map((one) => toldOf(one, 'discardable'));
  // With --yes, each is shown only once, when it is discarded.
  if (!flags.yes || flags['dry-run']) for (const one of told) show(one, session);
  if (flags['dry-run'] || !(await mayDiscard(entries.length, session))) return told;
  const claiming = { owner: randomUUID(), leaseMs: CLAIM_MS, now: () => new Date() };
  const dropped: OutboxEntryTold[] = [];
  for (const one of entries) {
    signal.throwIfAborted();
    const isDropped = await dropEntry(outbox, one.entry, claiming);
    const state = toldOf(one, isDropped ? 'discarded' : 'busy');
    show(state, session);
    dropped.push(state);
    await outputTaken(signal);
  }
  return dropped;
}

async function mayDiscard(count: number, session: CallbackSession): Promise<boolean> {
  if (session.flags.yes) return true;
  const [what, they] = count === 1 ? ['this callback', 'it'] : [`these ${count} callbacks`, 'them'];
  if (!session.ask)
    throw new SettingsError([
      `--discard asks before it drops ${what}, but there is no terminal: use --yes to drop ${they}`,
    ]);
  return agrees(`Drop ${what}? Nobody will receive ${they} any more.`, session);
}

type DiscardState = 'discarded' | 'discardable' | 'busy';

function toldOf({ entry: pending, reason }: DroppableEntry, state: DiscardState): OutboxEntryTold {
  const { key, payload, entry } = pending;
  const { task_id, batch_id, status } = payload;
  const of = { key, task_id, batch_id, outcome: status };
  if (state === 'busy') return { ...of, state, reason: busyText(pending) };
  const { body, created_at } = entry;
  return { ...of, state, reason, created_at, body };
}

function show(told: OutboxEntryTold, { result }: CallbackSession): void {
  if (!('task_id' in told) || !('reason' in told)) return;
  const { state, batch_id, task_id, outcome, reason } = told;
  const since = 'created_at' in told ? ` of ${told.created_at}` : '';
  result(escapeControls(`${state}: ${batch_id}/${task_id} ${outcome}${since}, ${reason}`));
}
