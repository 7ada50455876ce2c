import type { Storage } from '../lib/storage/client.ts';
import { uploadFile } from '../lib/storage/upload.ts';
import type { ReplayResult, TaskDetail, TaskState, TaskSummary } from './api.ts';
import { makingOf } from './making.ts';
import { RefusedRequest } from './refused-request.ts';
import type { BucketAccess } from './sandbox/bucket.ts';
import type { OrchestratorAccess } from './sandbox/orchestrator.ts';
import type { TaskList } from './task-list.ts';
import type { TaskRunner } from './task-runner.ts';
import { notRun, type TaskRecord } from './task-store.ts';
import type { TiffPreviews } from './tiff-previews.ts';
import { uploadName } from './upload-name.ts';

/** The batch of all tasks started here. */
export const DEV_BATCH = 'dev';

/** The operations on tasks. All throw `RefusedRequest` if impossible. */
export interface DevTasks {
  /** Uploads a TIFF from disk to R2, and queues a task for it. */
  add(
    file: { readonly path: string; readonly size: number },
    name: string,
    settings?: TaskSummary['settings'],
  ): Promise<TaskSummary>;
  detail(id: string): Promise<TaskDetail>;
  runAgain(id: string): TaskSummary;
  replay(id: string): Promise<ReplayResult>;
  /** Forgets a task that has ended, with its log and callbacks; its objects stay in R2. */
  remove(id: string): void;
  /** Forgets all that have ended; returns their ids. */
  clear(): readonly string[];
  /** The path of a picture of its TIFF. */
  before(id: string): Promise<string>;
  /** The bytes of its JPEG. */
  after(id: string): Promise<Uint8Array>;
}

/** What tasks are made of. */
export interface DevTaskParts {
  readonly list: TaskList;
  readonly runner: TaskRunner;
  readonly storage: Storage;
  readonly bucket: Pick<BucketAccess, 'getObject'>;
  readonly orchestrator: Pick<OrchestratorAccess, 'batch'>;
  readonly previews: TiffPreviews;
  readonly factsOf: (key: string, name: string) => Promise<unknown>;
  /** Runs a task in a shell. */
  readonly commandOf: (task: TaskSummary) => string;
  readonly replay: (callback: { path: string; body: string }) => Promise<ReplayResult>;
}

/** The operations of the page on a list of tasks. */
export function createDevTasks(parts: DevTaskParts): DevTasks {
  const { list, runner, storage, bucket, previews } = parts;
  const known = (id: string) => list.get(id) ?? refuse(404, `There is no task ${id}.`);
  const jpegOf = async (id: string) => {
    const { output_key: key } = known(id).summary;
    return key === null ? null : bucket.getObject(key);
  };
  return {
    async add({ path, size }, givenName, settings = {}) {
      const name = uploadName(givenName);
      const id = list.newId();
      const key = `staging/${DEV_BATCH}/${id}/${name}`;
      const contentType = 'image/tiff';
      await uploadFile(storage, { path, key, contentType, condition: { kind: 'absent' } });
      list.add(newTask(id, name, key, size, settings));
      runner.queue(id);
      return known(id).summary;
    },
    async detail(id) {
      const record = known(id);
      await findFacts(record, parts);
      const { summary, log, received, facts } = record;
      const orchestrator = await viewOf(summary, parts.orchestrator);
      const command = summary.state === 'elsewhere' ? null : parts.commandOf(summary);
      return { ...summary, log: [...log], facts, received: [...received], orchestrator, command };
    },
    runAgain(id) {
      const { state } = known(id).summary;
      if (state === 'elsewhere')
        refuse(409, `Task ${id} cannot be run again: its worker was started elsewhere.`);
      if (isUnderWay(state)) refuse(409, `The task ${id} is ${state} already. Wait for its end.`);
      runner.queue(id);
      return known(id).summary;
    },
    async replay(id) {
      const last = known(id).received.at(-1);
      return parts.replay(last ?? refuse(409, `The task ${id} has sent no callback yet.`));
    },
    remove(id) {
      const { state } = known(id).summary;
      if (isUnderWay(state)) refuse(409, `The task ${id} is ${state}. Wait for its end.`);
      list.remove([id]);
    },
    clear() {
      const ended = list.all().filter(({ state }) => !isUnderWay(state));
      const ids = ended.map(({ id }) => id);
      list.remove(ids);
      return ids;
    },
    async before(id) {
      const { name, input_key: key } = known(id).summary;
      if (key === '')
        refuse(404, `The TIFF of ${id} is unknown: its worker was started elsewhere.`);
      const jpeg = await jpegOf(id);
      return previews.pictureOf({ key, name, ...makingOf(jpeg?.metadata ?? {}) });
    },
    async after(id) {
      return ((await jpegOf(id)) ?? refuse(404, `There is no JPEG of ${id} in R2.`)).bytes;
    },
  };
}

/** Inspects the TIFF when its facts are first asked for. */
async function findFacts(record: TaskRecord, { list, factsOf }: DevTaskParts): Promise<void> {
  const { input_key: key, name } = record.summary;
  if (record.facts !== null || key === '') return;
  list.setFacts(record, await factsOf(key, name));
}

/** A task as the orchestrator sees it; `elsewhere` tasks are unknown to it. */
async function viewOf(
  { id, batch_id }: TaskSummary,
  { batch }: DevTaskParts['orchestrator'],
): Promise<TaskDetail['orchestrator']> {
  const task = (await batch(batch_id, id))?.tasks[id];
  if (task === undefined) return null;
  const { status, error = null } = task;
  return { status, error: status === 'failed' ? error : null };
}

function isUnderWay(state: TaskState): boolean {
  return state === 'queued' || state === 'running';
}

function newTask(
  id: string,
  name: string,
  key: string,
  size: number,
  settings: TaskSummary['settings'],
): TaskSummary {
  return {
    id,
    batch_id: DEV_BATCH,
    name,
    input_key: key,
    tiff_bytes: size,
    state: 'queued',
    created_at: new Date().toISOString(),
    callbacks: 0,
    settings,
    ...notRun,
  };
}

function refuse(status: number, message: string): never {
  throw new RefusedRequest(status, message);
}
