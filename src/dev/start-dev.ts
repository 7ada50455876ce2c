/*
 * Dev: `arke-tiff dev` runs R2 and the orchestrator on this machine, with a page to try tasks. It
 * shares R2 and orchestrator with the tests (`sandbox`) and runs the real program as a process,
 * with the contract's variables only.
 *
 * Terms. A *task* is a record of one run of the program, with log, callbacks and exit code; it is
 * *elsewhere* if its worker was started by someone else and is known by its callbacks only. A
 * *fault* is a failure of R2 or of the orchestrator that the page switches on.
 *
 * How data passes:
 *
 *   dev-folder      one folder for objects, tasks and access keys, locked by one process
 *   start-servers   page server, orchestrator, and the proxy in front of R2
 *   page-routes     the page's requests, let in by `same-site.ts`; uploads by `receive-upload.ts`
 *   task-list       all tasks; tells each change, and keeps it in a file (`task-store.ts`)
 *   task-runner     runs them, a limited number at once, and reads the stages from their logs
 *   dev-events      hands changes to the page (`event-stream.ts`) and to the command
 *
 * Callbacks reach a Worker in workerd, which asks `callback-inbox.ts` in this process how to
 * answer, and hands them to `forward-callback.ts`; `callback-front.ts` can lose the answer. Workers
 * reach R2 through `storage-proxy.ts`, which injects faults; the page's server bypasses it.
 *
 * Must never happen: a request from another site or host that changes something; an address other
 * than 127.0.0.1; a file outside the folder overwritten; a secret on the page that nobody asked
 * for; a process left behind.
 */
import { messageOf } from '../lib/errors.ts';
import { closeStorage, openStorage } from '../lib/storage/client.ts';
import { packageVersion } from '../lib/version.ts';
import type { DevState } from './api.ts';
import { type CleanUps, createCleanUps } from './clean-ups.ts';
import type { DevOptions, LocalDev } from './dev.ts';
import { createDevEvents, type DevEvents } from './dev-events.ts';
import { type DevFolder, openDevFolder } from './dev-folder.ts';
import { readDevPage } from './dev-page.ts';
import { createDevTasks, DEV_BATCH, type DevTasks } from './dev-tasks.ts';
import { refuseForeignEnvFile, writeEnvFile } from './env-file.ts';
import { EXAMPLE_TASK, putExample } from './example-object.ts';
import { createFaultSwitches, type FaultSwitches } from './fault-switches.ts';
import { type CpuChoice, chooseCpus } from './machine-limits.ts';
import { replayCallback } from './replay-callback.ts';
import { type DevServers, startDevServers } from './start-servers.ts';
import { createTaskList, type TaskList } from './task-list.ts';
import { createTaskRunner, ENDED_WITH_US, type TaskRunner } from './task-runner.ts';
import { settingFields } from './task-settings.ts';
import { openTaskStore } from './task-store.ts';
import { factsOf } from './tiff-facts.ts';
import { openTiffPreviews } from './tiff-previews.ts';
import { exportLines, maskedVariables, workerCommand } from './worker-variables.ts';

/**
 * Starts R2, the orchestrator and the page, and continues tasks that were waiting at the last stop.
 *
 * @throws ArkeError if a port is in use, the folder is used by another process or cannot be
 *   written, or Miniflare is not installed; Error if that does not start; the signal's reason
 */
export async function startDev(options: DevOptions): Promise<LocalDev> {
  const cleanUps = createCleanUps();
  try {
    return await startParts(options, cleanUps);
  } catch (error) {
    await cleanUps.run();
    throw error;
  }
}

/** What exists before anything listens. */
interface DevParts {
  readonly folder: DevFolder;
  readonly list: TaskList;
  readonly events: DevEvents;
  readonly faults: FaultSwitches;
}

async function startParts(options: DevOptions, cleanUps: CleanUps): Promise<LocalDev> {
  const { envFile, jobs, memoryMb, maxUploadMb } = options;
  if (envFile) await refuseForeignEnvFile(envFile);
  const kept = await openKept(options, cleanUps);
  const { folder, list, events, faults } = kept;
  // The program's usual name, with a distinguishing suffix.
  const replayAgent = `${options.program} (sent again by arke-tiff dev)`;
  const servers = await startDevServers(options, cleanUps, { ...kept, replayAgent });
  const { sandbox, endpoint, orchestrator, pageServer } = servers;
  await putExample(sandbox);
  // What deleted tasks left in R2 is not overwritten.
  list.skipIds(
    (await sandbox.listKeys(`staging/${DEV_BATCH}/`)).map((key) => key.split('/')[2] ?? ''),
  );

  const cpus = chooseCpus();
  const { tasks, runner } = await createTasks(options, cleanUps, {
    kept,
    servers,
    cpus,
    replayAgent,
  });
  const variables = variablesOf(servers, EXAMPLE_TASK);
  const settings = settingFields();
  const state = (): DevState => ({
    version: packageVersion(),
    tasks: list.all(),
    faults: faults.now(),
    limits: { memory_mb: memoryMb, cpus: cpus.cpus, jobs },
    environment: maskedVariables(variables),
    command: workerCommand(folder.envFile, variables, variables),
    settings,
    max_upload_mb: maxUploadMb,
  });
  const page = await readDevPage();
  const mostUploadBytes = maxUploadMb * 1024 * 1024;
  const { incoming } = folder;
  const lines = exportLines(variables);
  await writeEnvFile(folder.envFile, variables);
  if (envFile) await writeEnvFile(envFile, variables);
  pageServer.serve({ page, tasks, state, lines, events, faults, incoming, mostUploadBytes });
  goOn(list, runner.queue);
  return {
    addresses: { page: pageServer.origin, orchestrator, endpoint },
    hasPage: page !== undefined,
    bucketName: sandbox.bucket,
    exportLines: lines,
    variables,
    tasks,
    events,
    state,
    bucket: sandbox,
    stop: cleanUps.run,
  };
}

async function openKept(options: DevOptions, cleanUps: CleanUps): Promise<DevParts> {
  const folder = await openDevFolder(options.folder);
  cleanUps.add(folder.release);
  const events = createDevEvents();
  const store = openTaskStore(folder.tasks, (error) => options.onTrouble(messageOf(error)));
  cleanUps.add(store.settled);
  const list = createTaskList(await store.load(), store, events);
  return { folder, list, events, faults: createFaultSwitches(events, options.downMs) };
}

interface TaskParts {
  readonly kept: DevParts;
  readonly servers: DevServers;
  readonly cpus: CpuChoice;
  readonly replayAgent: string;
}

async function createTasks(
  { jobs, memoryMb, systemVariables }: DevOptions,
  cleanUps: CleanUps,
  { kept: { folder, list }, servers, cpus, replayAgent }: TaskParts,
): Promise<{ readonly tasks: DevTasks; readonly runner: TaskRunner }> {
  const { sandbox } = servers;
  // Bypasses the proxy: faults are for workers.
  const { endpoint, bucket, credentials } = sandbox;
  const storage = await openStorage({ endpoint, bucket, ...credentials });
  cleanUps.add(() => closeStorage(storage));
  const previews = openTiffPreviews(folder.previews, storage);
  cleanUps.add(previews.close);
  const runner = createTaskRunner(list, {
    jobs,
    memoryMb,
    systemVariables,
    cpus,
    // The batch never ends, because more TIFFs may be dropped at any time.
    announce: ({ id, batch_id }) => sandbox.createTasks(batch_id, [id], { staysOpen: true }),
    variablesOf: ({ id, batch_id: batchId, input_key: inputKey }) =>
      variablesOf(servers, { id, batchId, inputKey }),
  });
  cleanUps.add(runner.stop);
  const tasks = createDevTasks({
    list,
    runner,
    storage,
    previews,
    bucket: sandbox,
    orchestrator: sandbox,
    commandOf: ({ id, batch_id: batchId, input_key: inputKey, settings }) => {
      const variables = variablesOf(servers, { id, batchId, inputKey });
      const inFile = variablesOf(servers, EXAMPLE_TASK);
      return workerCommand(folder.envFile, inFile, { ...variables, ...settings });
    },
    factsOf: (key, name) => factsOf(storage, key, name, { memoryMb, cpus: cpus.cpus }),
    replay: (callback) => replayCallback(callback, servers.orchestrator, replayAgent),
  });
  return { tasks, runner };
}

/**
 * The contract's variables of a task, plus the endpoint that injects the faults; the contract's
 * example worker reads it too.
 */
function variablesOf(
  { sandbox, endpoint, orchestrator }: DevServers,
  task: { readonly id: string; readonly batchId: string; readonly inputKey: string },
): Record<string, string> {
  const variables = sandbox.environment(task.batchId, task.id, task.inputKey);
  const { pathname } = new URL(sandbox.callbackUrl(task.batchId, task.id));
  return { ...variables, R2_ENDPOINT: endpoint, CALLBACK_URL: `${orchestrator}${pathname}` };
}

/** Continues waiting tasks; tasks that were running at the last stop have failed. */
function goOn(list: TaskList, queue: (id: string) => void): void {
  for (const { id, state } of list.all()) {
    const record = list.get(id);
    if (state === 'queued') queue(id);
    if (state === 'running' && record)
      list.change(record, {
        state: 'failed',
        ended_at: new Date().toISOString(),
        error: ENDED_WITH_US,
      });
  }
}
