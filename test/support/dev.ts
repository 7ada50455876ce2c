import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { DevState, TaskDetail, TaskSummary } from '../../src/dev/api.ts';
import type { DevOptions, LocalDev } from '../../src/dev/dev.ts';
import { startDev } from '../../src/dev/start-dev.ts';
import { makeFolder } from './folder.ts';
import { until } from './until.ts';

/** Starts the engine in a folder, on ports that are free; small limits unless told. */
export function startTestDev(folder: string, options: Partial<DevOptions> = {}): Promise<LocalDev> {
  return startDev({
    folder,
    port: 0,
    jobs: 1,
    memoryMb: 1024,
    maxUploadMb: 1,
    program: 'arke-tiff/test',
    systemVariables: { PATH: process.env['PATH'] ?? '' },
    onTrouble: (message) => {
      throw new Error(message);
    },
    ...options,
  });
}

/** An engine for the tests of a file, in a folder of its own; stopped and removed after them. */
export function useDev(options: Partial<DevOptions> = {}): {
  readonly dev: LocalDev;
  readonly folder: string;
  readonly api: DevApi;
} {
  let started: { dev: LocalDev; folder: string } | undefined;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const folder = await makeFolder();
    undo.push(folder.remove);
    const inside = join(folder.root, 'dev');
    started = { dev: await startTestDev(inside, options), folder: inside };
    undo.push(started.dev.stop);
  });
  afterAll(async () => {
    for (const each of undo.reverse()) await each();
  });
  const made = () => {
    if (!started) throw new Error('It is not running yet: use it in tests and hooks only.');
    return started;
  };
  return {
    get dev() {
      return made().dev;
    },
    get folder() {
      return made().folder;
    },
    get api() {
      return devApi(made().dev.addresses.page);
    },
  };
}

/** What a request can send. */
export type Body = NonNullable<RequestInit['body']>;

/** The API as its page uses it. */
export interface DevApi {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body?: Body, headers?: Readonly<Record<string, string>>): Promise<Response>;
  state(): Promise<DevState>;
  task(id: string): Promise<TaskDetail>;
  /** Uploads a TIFF as a page does. */
  drop(name: string, tiff: Uint8Array<ArrayBuffer>): Promise<TaskSummary>;
  /** Waits until the task has ended. */
  ended(id: string): Promise<TaskDetail>;
}

/** Speaks to the server of a page, by its origin. */
export function devApi(origin: string): DevApi {
  const get: DevApi['get'] = (path, headers = {}) => fetch(`${origin}${path}`, { headers });
  const post: DevApi['post'] = (path, body, headers = { origin }) =>
    fetch(`${origin}${path}`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
  const task = async (id: string) =>
    (await (await get(`/api/tasks/${encodeURIComponent(id)}`)).json()) as TaskDetail;
  return {
    get,
    post,
    task,
    state: async () => (await (await get('/api/state')).json()) as DevState,
    async drop(name, tiff) {
      const answer = await post(`/api/tasks?name=${encodeURIComponent(name)}`, tiff);
      if (answer.status !== 201) throw new Error(await answer.text());
      return (await answer.json()) as TaskSummary;
    },
    ended: (id) =>
      until(async () => {
        const detail = await task(id);
        return detail.ended_at === null ? undefined : detail;
      }),
  };
}
