import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { addressOfEntry } from '../../src/lib/callback/address.ts';
import { outboxEntry } from '../../src/lib/callback/outbox-entry.ts';
import { idOfBody } from '../../src/lib/callback/request.ts';
import type { RetryPolicy } from '../../src/lib/retry.ts';
import { drainOutbox } from '../../src/lib/task/outbox/drain.ts';
import type { DrainOptions } from '../../src/lib/task/outbox/drain-entry.ts';
import type { DrainEvent } from '../../src/lib/task/outbox/drain-events.ts';
import { type Outbox, storeEntry } from '../../src/lib/task/outbox/outbox.ts';
import { quickRetry, withStorage } from './storage.ts';
import { newTask } from './tasks.ts';

/** For how long a drain of a test claims an entry, in milliseconds. */
export const LEASE_MS = 60_000;

/** When entries of tests were kept, and are drained. */
export const start = new Date('2026-11-24T16:00:00Z');

/** Some time after `start`, in milliseconds. */
export const later = (ms: number) => new Date(start.getTime() + ms);

/** A task of the orchestrator's. */
export interface Task {
  readonly batchId: string;
  readonly taskId: string;
}

export const tasks = (count: number) => Array.from({ length: count }, newTask);

/** What became of the entries of a drain. */
export const kinds = (events: readonly DrainEvent[]) => events.map(({ kind }) => kind);

export function outcomeOf({ batchId, taskId }: Task, status: 'success' | 'error' = 'success') {
  return { task_id: taskId, batch_id: batchId, status };
}

export function bodyOf(task: Task, status: 'success' | 'error' = 'success', size = 1): string {
  const output = { output_r2_key: 'a/x.jpg', output_file_name: 'x.jpg', output_file_size: size };
  return JSON.stringify({
    ...outcomeOf(task, status),
    ...(status === 'success' ? output : { error: 'Lost' }),
  });
}

/** An empty outbox for each test of a file, in the sandbox's bucket. */
export function useOutbox(sandbox: { readonly current: Sandbox }) {
  let prefix: string;
  beforeEach(() => {
    prefix = `outbox-${randomUUID()}`;
  });

  function withOutbox<T>(
    use: (outbox: Outbox) => Promise<T>,
    endpoint = sandbox.current.endpoint,
    policy: RetryPolicy = quickRetry,
  ): Promise<T> {
    const request = { policy };
    return withStorage(sandbox.current, endpoint, (storage) => use({ storage, prefix, request }));
  }

  /** Puts a callback of a task into the outbox as `run` does; gives its key. */
  async function put(
    task: Task,
    body = bodyOf(task),
    { url = urlOf(task), unconfirmed = false } = {},
  ): Promise<string> {
    const request = { settings: { url }, body, id: idOfBody(body), userAgent: 'arke-tiff/1' };
    const entry = outboxEntry(request, { error: 'down', unconfirmed, at: start });
    return withOutbox(async (outbox) => {
      const { key } = await storeEntry(outbox, entry, JSON.parse(body), { now: start });
      return key;
    });
  }

  const urlOf = ({ batchId, taskId }: Task) => sandbox.current.callbackUrl(batchId, taskId);
  const received = async ({ batchId, taskId }: Task) =>
    (await sandbox.current.callbacks(batchId, taskId)).map(({ body }) => body);
  const there = () => sandbox.current.listKeys(`${prefix}/pending/`);

  async function drain(
    more: Partial<DrainOptions> = {},
    endpoint = sandbox.current.endpoint,
    storagePolicy = quickRetry,
  ): Promise<DrainEvent[]> {
    const origins = [new URL(sandbox.current.url).origin];
    const options: DrainOptions = {
      wanted: () => true,
      addressOf: ({ entry, payload }, severalTasks) =>
        addressOfEntry(entry, payload, { url: undefined, origins, severalTasks }),
      mayRepeat: async () => false,
      force: false,
      unsigned: false,
      dryRun: false,
      secret: undefined,
      userAgent: 'arke-tiff/1',
      policy: { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
      signal: new AbortController().signal,
      owner: randomUUID(),
      leaseMs: LEASE_MS,
      now: () => start,
      ...more,
    };
    const { secret, signal } = options;
    return withOutbox(
      ({ request, ...outbox }) =>
        Array.fromAsync(
          drainOutbox({ ...outbox, secret, request: { ...request, signal } }, options),
        ),
      endpoint,
      storagePolicy,
    );
  }

  const textOf = async (key: string) =>
    Buffer.from((await sandbox.current.getObject(key))?.bytes ?? []).toString();
  return {
    get prefix() {
      return prefix;
    },
    withOutbox,
    put,
    urlOf,
    received,
    there,
    drain,
    textOf,
  };
}
