import { describe, expect, it } from 'vitest';
import type { DrainEvent } from '../../../../../src/lib/task/outbox/drain-events.ts';
import { type FaultOf, type Matching, method } from '../../../../support/fault.ts';
import { startFaultServer } from '../../../../support/fault-server.ts';
import { bodyOf, kinds, type Task, tasks, useOutbox } from '../../../../support/outboxes.ts';
import { quickRetry } from '../../../../support/storage.ts';
import { useSandbox } from '../../../../support/tasks.ts';

const sandbox = useSandbox();
const box = useOutbox(sandbox);
const { put, urlOf, received, there, drain, textOf } = box;

describe('a drain that is stopped', () => {
  const isClaim: Matching = ({ method, url, headers }) =>
    method === 'PUT' && url.includes('/pending/') && 'if-match' in headers;
  const isMark: Matching = ({ method, url }) => method === 'PUT' && url.includes('/delivered/');

  /** Stops a drain when a request of it arrives, at R2 or the orchestrator; its answer is late. */
  async function stopAt(isStop: Matching, task: Task, status?: number) {
    const controller = new AbortController();
    const fault: FaultOf = (request) => {
      if (!isStop(request)) return undefined;
      controller.abort(new Error('stopped'));
      return { answerAfterMs: 60, ...(status === undefined ? {} : { status }) };
    };
    await using r2 = await startFaultServer(sandbox.current.endpoint, fault);
    await using door = await startFaultServer(urlOf(task), fault);
    const addressOf = () => ({ url: door.url });
    const policy = { ...quickRetry, attempts: 3 };
    return await drain({ signal: controller.signal, addressOf, policy }, r2.url);
  }
  const entryAt = async (key: string) => JSON.parse(await textOf(key));

  it('while it claims an entry has not sent it, and gives it back', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    await expect(stopAt(isClaim, task)).rejects.toThrow('stopped');
    expect(await received(task)).toEqual([]);
    expect(await entryAt(key)).not.toHaveProperty('lease');
    expect((await entryAt(key)).unconfirmed ?? false).toBe(false);
    expect(kinds(await drain())).toEqual(['delivered']);
  });

  it.each([
    ['while the callback is under way', method('POST')],
    ['while its mark is stored', isMark],
  ])('%s has delivered it, once', async (_, isStop) => {
    const [task] = tasks(1) as [Task];
    await put(task);
    const events = await stopAt(isStop, task).catch(() => 'stopped');
    // The list of the outbox may end with the stop.
    if (events !== 'stopped') expect(kinds(events as DrainEvent[])).toEqual(['delivered']);
    expect(await there()).toEqual([]);
    expect(await sandbox.current.listKeys(`${box.prefix}/delivered/`)).toHaveLength(1);
    expect(await drain()).toEqual([]);
    expect(await received(task)).toEqual([bodyOf(task)]);
  });

  it('while a callback is refused reports that, and does not retry', async () => {
    const [task] = tasks(1) as [Task];
    const key = await put(task);
    const events = await stopAt(method('POST'), task, 503).catch(() => 'stopped');
    if (events !== 'stopped')
      expect(events).toMatchObject([{ kind: 'failed', attempts: 1, error: { ambiguous: false } }]);
    expect(await entryAt(key)).toMatchObject({ error: expect.stringContaining('answered 503') });
    expect((await entryAt(key)).unconfirmed ?? false).toBe(false);
  });
});
