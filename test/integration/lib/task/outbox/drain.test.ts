import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outboxEntry, readOutboxEntry } from '../../../../../src/lib/callback/outbox-entry.ts';
import { idOfBody } from '../../../../../src/lib/callback/request.ts';
import { STORAGE_RETRY } from '../../../../../src/lib/storage/objects.ts';
import { claim } from '../../../../../src/lib/task/outbox/claim.ts';
import { dropEntry, droppableEntries } from '../../../../../src/lib/task/outbox/discard.ts';
import type { DrainOptions } from '../../../../../src/lib/task/outbox/drain-entry.ts';
import { deliveredKey, pendingKey } from '../../../../../src/lib/task/outbox/keys.ts';
import {
  type Outbox,
  putMark,
  settle,
  storeEntry,
} from '../../../../../src/lib/task/outbox/outbox.ts';
import { always, type Fault, type FaultOf, inTurn, method } from '../../../../support/fault.ts';
import { startFaultServer } from '../../../../support/fault-server.ts';
import {
  bodyOf,
  kinds,
  LEASE_MS,
  later,
  outcomeOf,
  start,
  type Task,
  tasks,
  useOutbox,
} from '../../../../support/outboxes.ts';
import { quickRetry } from '../../../../support/storage.ts';
import { useSandbox } from '../../../../support/tasks.ts';

const sandbox = useSandbox();
const box = useOutbox(sandbox);
const { withOutbox, put, urlOf, received, there, drain, textOf } = box;

describe('a drain of the outbox', () => {
  it('delivers each entry byte for byte, removes it and leaves a mark', async () => {
    const some = tasks(3);
    for (const task of some) await put(task);
    const events = await drain();
    expect(kinds(events)).toEqual(['delivered', 'delivered', 'delivered']);
    for (const task of some) expect(await received(task)).toEqual([bodyOf(task)]);
    expect(await there()).toEqual([]);
    const marks = some.map((task) => deliveredKey(box.prefix, outcomeOf(task)));
    expect(await sandbox.current.listKeys(`${box.prefix}/delivered/`)).toEqual(marks.sort());
    expect(await drain()).toEqual([]);
  });

  it('only reports what it would do with dryRun', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    const before = await sandbox.current.getObject(key);
    expect(await drain({ dryRun: true })).toMatchObject([
      { kind: 'pending', key, request: { body: bodyOf(task), settings: { url: urlOf(task) } } },
    ]);
    expect(await received(task)).toEqual([]);
    expect((await sandbox.current.getObject(key))?.etag).toBe(before?.etag);
  });

  it('shares the work with other drains: each entry is delivered by one', async () => {
    const some = tasks(8);
    for (const task of some) await put(task);
    const all = await Promise.all([drain(), drain(), drain(), drain()]);
    expect(all.flat().filter(({ kind }) => kind === 'delivered')).toHaveLength(some.length);
    for (const task of some) expect(await received(task)).toEqual([bodyOf(task)]);
    expect(await there()).toEqual([]);
  });

  it('reports objects that are not entries, leaves them and continues', async () => {
    const [first, last] = tasks(2) as [Task, Task];
    for (const task of [first, last]) await put(task);
    const corrupt = {
      [`${box.prefix}/pending/a/b/c.json`]: 'oh no',
      [`${box.prefix}/pending/zz.json`]: '{"v":2}',
      [`${box.prefix}/pending/m/large.json`]: 'x'.repeat(70_000),
      [`${box.prefix}/pending/a/copy/c.json`]: await textOf(await put(first)),
    };
    for (const [key, text] of Object.entries(corrupt))
      await sandbox.current.putObject(key, Buffer.from(text));
    const events = await drain();
    const told = events.filter(({ kind }) => kind === 'corrupt');
    expect(told.map(({ key }) => key).sort()).toEqual(Object.keys(corrupt).sort());
    for (const task of [first, last]) expect(await received(task)).toEqual([bodyOf(task)]);
    for (const [key, text] of Object.entries(corrupt)) expect(await textOf(key)).toBe(text);
  });

  it('does not send to unknown addresses, whoever stored the entry', async () => {
    const [task, stranger] = tasks(2) as [Task, Task];
    const elsewhere = urlOf(stranger).replace('127.0.0.1', 'localhost');
    await put(task, bodyOf(task), { url: elsewhere });
    expect(await drain()).toMatchObject([{ kind: 'refused', reason: /not allowed/ }]);
    expect([await received(task), await received(stranger)]).toEqual([[], []]);
    expect(await there()).toHaveLength(1);
  });
});

describe('an entry that could not be delivered', () => {
  it('stays, with the reason, and the next drain may claim it at once', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
    expect(kinds(await drain())).toEqual(['failed']);
    const read = readOutboxEntry((await sandbox.current.getObject(key))?.bytes ?? Buffer.alloc(0));
    expect(read).toMatchObject({ entry: { error: expect.stringContaining('answered 400') } });
    expect(read).not.toHaveProperty('entry.lease');
    expect(kinds(await drain())).toEqual(['delivered']);
    expect(await received(task)).toEqual([bodyOf(task), bodyOf(task)]);
  });

  it('stays when the drain is stopped, and does not wait for the lease', async () => {
    const [task] = tasks(1) as [Task];
    await put(task);
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 200, delayMs: 60_000 }]);
    const controller = new AbortController();
    const stop = () => controller.abort(new Error('stopped'));
    const stopped = drain({
      signal: controller.signal,
      onSending: () => void arrives(task).then(stop),
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(kinds(await drain())).toEqual(['delivered']);
  });
});

describe('an entry that may have been accepted', () => {
  const isUnconfirmed = async (key: string) => JSON.parse(await textOf(key)).unconfirmed === true;
  const refuse = ({ batchId, taskId }: Task, status = 503, body = '') =>
    sandbox.current.answer(batchId, taskId, [{ status, body }]);

  it('stays ambiguous, whatever the answer to a later drain', async () => {
    const [lost, refused] = tasks(2) as [Task, Task];
    const keys = [await put(lost, bodyOf(lost), { unconfirmed: true }), await put(refused)];
    for (const task of [lost, refused]) await refuse(task);
    expect(kinds(await drain())).toEqual(['failed', 'failed']);
    expect(await Promise.all(keys.map(isUnconfirmed))).toEqual([true, false]);
  });

  it('is sent again without asking: a picture counted twice is the lesser harm', async () => {
    const [task] = tasks(1) as [Task];
    await put(task, bodyOf(task), { unconfirmed: true });
    expect(kinds(await drain())).toEqual(['delivered']);
    expect(await received(task)).toEqual([bodyOf(task)]);
  });

  it('was probably accepted by an orchestrator that no longer knows its task', async () => {
    const [task] = tasks(1) as [Task];
    await put(task, bodyOf(task), { unconfirmed: true });
    await refuse(task, 500, '{"error":"Task not found"}');
    const [event] = await drain();
    expect(event).toMatchObject({ kind: 'failed', error: { ambiguous: true } });
    expect(event).toHaveProperty(
      'error.message',
      expect.stringContaining('it was sent before, and that answer was lost'),
    );
  });

  it('is one with an unanswered attempt, even if the last was answered', async () => {
    const [task] = tasks(1) as [Task];
    const answers = inTurn([{ resetAfter: true }, { status: 503 }], () => true);
    await using door = await startFaultServer(urlOf(task), answers);
    const key = await put(task);
    const policy = { ...quickRetry, attempts: 2 };
    const events = await drain({ policy, addressOf: () => ({ url: door.url }) });
    expect(events).toMatchObject([{ kind: 'failed', attempts: 2, error: { ambiguous: false } }]);
    expect(await isUnconfirmed(key)).toBe(true);
  });

  it('is one whose attempt ended with its lease', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 200, delayMs: 60_000 }]);
    expect(await drain({ leaseMs: 2_000 })).toMatchObject([
      { kind: 'failed', error: { ambiguous: true } },
    ]);
    expect(await isUnconfirmed(key)).toBe(true);
  });

  it('makes its successor from a later run ambiguous, too', async () => {
    const [task] = tasks(1) as [Task];
    await put(task, bodyOf(task), { unconfirmed: true });
    const key = await put(task, bodyOf(task, 'success', 2));
    expect(JSON.parse(await textOf(key))).toMatchObject({ body: bodyOf(task, 'success', 2) });
    expect(await isUnconfirmed(key)).toBe(true);
  });
});

describe('with a secret', () => {
  const secret = `whsec_${Buffer.from('the secret of this drain, in full').toString('base64')}`;
  const withSecret = <T>(use: (outbox: Outbox) => Promise<T>) =>
    withOutbox((outbox) => use({ ...outbox, secret }));
  const drainSigned = (more: Partial<DrainOptions> = {}) => drain({ secret, ...more });
  const putSealed = (task: Task, body = bodyOf(task)) => {
    const request = { settings: { url: urlOf(task) }, body, id: idOfBody(body), userAgent: 'a/1' };
    const entry = outboxEntry(request, { error: 'down', at: start });
    return withSecret(async (outbox) => {
      const { key } = await storeEntry(outbox, entry, JSON.parse(body), { now: start });
      return key;
    });
  };
  const change = async (key: string, fields: Record<string, unknown>) => {
    const text = JSON.stringify({ ...JSON.parse(await textOf(key)), ...fields });
    await sandbox.current.putObject(key, Buffer.from(text));
  };

  it('its own entries are delivered, also after a drain that could not', async () => {
    const [task] = tasks(1) as [Task];
    await putSealed(task);
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
    expect(kinds(await drainSigned())).toEqual(['failed']);
    expect(kinds(await drainSigned())).toEqual(['delivered']);
    expect(await there()).toEqual([]);
  });

  it('entries without its seal are listed, kept, and sent only with --unsigned', async () => {
    const [planted, changed] = tasks(2) as [Task, Task];
    const keys = [await put(planted), await putSealed(changed)];
    await change(keys[1] ?? '', { body: bodyOf(changed, 'success', 2) });
    const events = await drainSigned();
    expect(kinds(events)).toEqual(['unsigned', 'unsigned']);
    expect(events[0]).toMatchObject({ reason: expect.stringContaining('--unsigned sends it') });
    expect([await received(planted), await received(changed)]).toEqual([[], []]);
    expect(await there()).toEqual([...keys].sort());
    expect(kinds(await drainSigned({ unsigned: true }))).toEqual(['delivered', 'delivered']);
  });

  it('a success without its seal suppresses no error', async () => {
    const [task] = tasks(1) as [Task];
    await putSealed(task, bodyOf(task, 'error'));
    await put(task);
    expect(kinds(await drainSigned()).sort()).toEqual(['delivered', 'unsigned']);
    expect(await received(task)).toEqual([bodyOf(task, 'error')]);
  });

  it('an entry without its seal that is leased does not block a task’s own', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task, bodyOf(task, 'success', 2));
    await change(key, { lease: { owner: 'x', until: later(LEASE_MS).toISOString() } });
    await putSealed(task);
    expect(JSON.parse(await textOf(key))).toMatchObject({ body: bodyOf(task) });
  });

  it('a mark without its seal removes nothing', async () => {
    const [task] = tasks(1) as [Task];
    const body = bodyOf(task);
    await putSealed(task);
    await withOutbox((outbox) =>
      putMark(outbox, outcomeOf(task), { id: idOfBody(body), body, at: start }),
    );
    expect(await drainSigned()).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining('as an unsigned mark says') },
    ]);
    expect(await there()).toHaveLength(1);
    await withSecret((outbox) =>
      putMark(outbox, outcomeOf(task), { id: idOfBody(body), body, at: start }),
    );
    expect(kinds(await drainSigned())).toEqual(['obsolete']);
    expect(await there()).toEqual([]);
  });
});

describe('an entry that is released', () => {
  /**
   * A drain of an entry that the orchestrator refuses, behind what happens to the PUT that gives it
   * back.
   */
  async function refusedDrain(faults: readonly Fault[]) {
    const [task] = tasks(1) as [Task];
    await put(task);
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
    // The first PUT is the claim.
    const faultOf = inTurn([undefined, ...faults], method('PUT'));
    await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
    const stuck: string[] = [];
    const events = await drain({ onStuck: (...of) => stuck.push(of.join(': ')) }, server.url);
    return { events, stuck, again: kinds(await drain()) };
  }

  it('is released, also when R2 wants a second between two writes', async () => {
    const { events, stuck, again } = await refusedDrain([{ status: 429 }, { status: 429 }]);
    expect([kinds(events), stuck, again]).toEqual([['failed'], [], ['delivered']]);
    expect(events[0]).not.toHaveProperty('leftover');
  });

  it('is released by a server that refuses two writes to a key within a second, as R2', async () => {
    const [task] = tasks(1) as [Task];
    await put(task);
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
    const taken = new Map<string, number>();
    const rate1: FaultOf = ({ method, url }) => {
      if (method !== 'PUT') return undefined;
      const now = performance.now();
      if (now - (taken.get(url) ?? Number.NEGATIVE_INFINITY) < 1_000) return { status: 429 };
      taken.set(url, now);
      return undefined;
    };
    await using server = await startFaultServer(sandbox.current.endpoint, rate1);
    const events = await drain({}, server.url, STORAGE_RETRY);
    expect(kinds(events)).toEqual(['failed']);
    expect(events[0]).not.toHaveProperty('leftover');
    expect(kinds(await drain())).toEqual(['delivered']);
  });

  it('and cannot be stays claimed, which is reported', async () => {
    const { events, stuck, again } = await refusedDrain(Array(3).fill({ status: 429 }));
    expect(events).toMatchObject([
      { kind: 'failed', leftover: expect.stringContaining(later(LEASE_MS).toISOString()) },
    ]);
    expect(stuck).toEqual([expect.stringMatching(/could not be given back, .*429/)]);
    expect(again).toEqual(['busy']);
  });
});

describe('an entry that is to be discarded', () => {
  /** What a discard throws behind these faults, and what a drain makes of the entry then. */
  async function failedDiscard(faultOf: FaultOf) {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
    const claiming = { owner: 'mine', leaseMs: LEASE_MS, now: () => start };
    const error = await withOutbox(async (outbox) => {
      const [found] = await droppableEntries(outbox, { isChosen: () => true, now: start });
      if (!found) throw new Error('The entry is not there.');
      return dropEntry(outbox, found.entry, claiming).catch(({ message }) => message);
    }, server.url);
    return { key, error, again: kinds(await drain()) };
  }
  const undeleted = always({ status: 503 }, method('DELETE'));

  it('and cannot be removed is given back', async () => {
    const { error, again } = await failedDiscard(undeleted);
    expect(error).toMatch(/R2 answered 503/);
    expect(error).not.toContain('stays in the outbox');
    expect(again).toEqual(['delivered']);
  });

  it('and cannot be given back, either, stays claimed, and that is told', async () => {
    const ungiven = inTurn([undefined, ...Array(3).fill({ status: 429 })], method('PUT'));
    const { key, error, again } = await failedDiscard(
      async (request) => (await undeleted(request)) ?? (await ungiven(request)),
    );
    expect(error).toContain(`"${key}" stays in the outbox: it could not be given back, `);
    expect(error).toContain(later(LEASE_MS).toISOString());
    expect(again).toEqual(['busy']);
  });

  it('and whose claim has no answer may be claimed, and that is told', async () => {
    const lost: FaultOf = (request) => {
      if (method('PUT')(request)) return { statusAfter: 503 };
      return method('HEAD')(request) ? { status: 503 } : undefined;
    };
    const { key, error, again } = await failedDiscard(lost);
    expect(error).toContain(
      `If it arrived, "${key}" stays claimed until ${later(LEASE_MS).toISOString()}.`,
    );
    expect(again).toEqual(['busy']);
  });
});

/** Resolves when the orchestrator has received something for the task. */
async function arrives(task: Task): Promise<void> {
  while ((await received(task)).length === 0);
}

/** A drain that claims and is never heard of again. */
async function claimAndDie(key: string, body: string, { afterSending = false } = {}) {
  await withOutbox(async (outbox) => {
    const object = await sandbox.current.getObject(key);
    const read = readOutboxEntry(object?.bytes ?? Buffer.alloc(0));
    if (!object || typeof read === 'string') throw new Error('The entry is not there.');
    const pending = { key, etag: `"${object.etag}"`, ...read };
    const mine = { owner: 'dead', leaseMs: LEASE_MS, now: () => start };
    const claimed = await claim(outbox, pending, mine);
    expect(claimed?.entry.body).toBe(body);
    // It ended between the mark and the removal.
    if (claimed && afterSending)
      await putMark(outbox, read.payload, { id: idOfBody(body), body, at: start });
  });
}

describe('an entry that another drain has claimed', () => {
  it('is left alone until its lease has expired, and then delivered', async () => {
    const [task] = tasks(1) as [Task];
    await claimAndDie(await put(task), bodyOf(task));
    expect(await drain({ now: () => later(LEASE_MS - 1) })).toMatchObject([
      { kind: 'busy', reason: expect.stringContaining(later(LEASE_MS).toISOString()) },
    ]);
    expect(await received(task)).toEqual([]);
    const both = await Promise.all([1, 2].map(() => drain({ now: () => later(LEASE_MS) })));
    expect(kinds(both.flat()).filter((kind) => kind === 'delivered')).toHaveLength(1);
    expect(await received(task)).toEqual([bodyOf(task)]);
    expect(await there()).toEqual([]);
  });

  it('is not delivered again when that drain had delivered it and ended before it removed it', async () => {
    const [task] = tasks(1) as [Task];
    await claimAndDie(await put(task), bodyOf(task), { afterSending: true });
    expect(await drain({ now: () => later(LEASE_MS) })).toMatchObject([
      { kind: 'obsolete', reason: expect.stringContaining(start.toISOString()) },
    ]);
    expect(await received(task)).toEqual([]);
    expect(await there()).toEqual([]);
  });

  it('can be claimed by only one of many', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    const object = await sandbox.current.getObject(key);
    const read = readOutboxEntry(object?.bytes ?? Buffer.alloc(0));
    if (!object || typeof read === 'string') throw new Error('The entry is not there.');
    const claims = await withOutbox((outbox) =>
      Promise.all(
        Array.from({ length: 10 }, () =>
          claim(
            outbox,
            { key, etag: `"${object.etag}"`, ...read },
            { owner: randomUUID(), leaseMs: LEASE_MS, now: () => start },
          ),
        ),
      ),
    );
    const won = claims.filter((one) => one !== undefined);
    expect(won).toHaveLength(1);
    const [{ payload, entry }] = won as [NonNullable<(typeof won)[0]>];
    const delivered = { id: entry.webhook_id, body: entry.body, at: start };
    await withOutbox((outbox) => settle(outbox, payload, delivered));
    expect(await there()).toEqual([]);
  });
});

describe('what the orchestrator must not get', () => {
  it('an error after a success: the success is delivered, and makes the error obsolete', async () => {
    const [task] = tasks(1) as [Task];
    for (const status of ['error', 'success'] as const) await put(task, bodyOf(task, status));
    expect(kinds(await drain())).toEqual(['delivered', 'obsolete']);
    expect(await received(task)).toEqual([bodyOf(task)]);
    expect(await there()).toEqual([]);
  });

  it('an error whose success could not be delivered: both stay', async () => {
    const [task] = tasks(1) as [Task];
    for (const status of ['error', 'success'] as const) await put(task, bodyOf(task, status));
    await sandbox.current.answer(task.batchId, task.taskId, [{ status: 400 }]);
    expect(kinds(await drain())).toEqual(['failed', 'refused']);
    expect(await there()).toHaveLength(2);
  });

  it('an error of a task whose success was delivered before, except with force', async () => {
    const [task] = tasks(1) as [Task];
    await put(task);
    await drain();
    await put(task, bodyOf(task, 'error'));
    expect(await drain()).toMatchObject([{ kind: 'refused', reason: /--force/ }]);
    expect(kinds(await drain({ force: true }))).toEqual(['delivered']);
    expect(await received(task)).toEqual([bodyOf(task), bodyOf(task, 'error')]);
  });

  it('the same outcome of a later run, except by request', async () => {
    const [task] = tasks(1) as [Task];
    await put(task);
    await drain();
    const second = bodyOf(task, 'success', 2);
    await put(task, second);
    expect(await drain()).toMatchObject([{ kind: 'refused', reason: /--yes sends it again/ }]);
    expect(kinds(await drain({ mayRepeat: async () => true }))).toEqual(['delivered']);
    expect(await received(task)).toEqual([bodyOf(task), second]);
    expect(await drain()).toEqual([]);
  });
});

describe('an entry of a further run of the task', () => {
  it('replaces the earlier one with the same outcome', async () => {
    const [task] = tasks(1) as [Task];
    const second = bodyOf(task, 'success', 2);
    expect(await put(task)).toBe(await put(task, second));
    await drain();
    expect(await received(task)).toEqual([second]);
  });

  it('does not replace it while it is being delivered', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    expect(key).toBe(pendingKey(box.prefix, outcomeOf(task)));
    await claimAndDie(key, bodyOf(task));
    const claimed = (await sandbox.current.getObject(key))?.etag;
    expect(await put(task, bodyOf(task, 'success', 2))).toBe(key);
    expect((await sandbox.current.getObject(key))?.etag).toBe(claimed);
  });
});
