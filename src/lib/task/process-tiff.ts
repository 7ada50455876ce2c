import type { SuccessPayload } from '../callback/payload.ts';
import { openConverter } from '../convert/process/converter.ts';
import { fileNameOf } from '../keys.ts';
import type { TaskLog, WorkStage } from '../log.ts';
import { findOutputs, finished, type Outputs } from '../outputs/bucket/page-outputs.ts';
import {
  closeStorage,
  openStorage,
  type Storage,
  type StorageSettings,
} from '../storage/client.ts';
import { isSameEtag } from '../storage/etags.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { type Workspace, withWorkspace } from '../workspace.ts';
import { taskDeadlines } from './budget.ts';
import type { ProcessOptions, RunningTask } from './running-task.ts';
import type { TaskSettings } from './settings.ts';
import { openSource } from './source.ts';
import { runStage } from './stages.ts';
import type { Stopping } from './stopping.ts';

/** A running task, up to its callback. */
export interface TaskWork {
  /** The success callback; rejects with an error whose message is the error callback's. */
  readonly payload: Promise<SuccessPayload>;
  /** The current stage. */
  readonly stage: () => WorkStage;
  /** Resolves when nothing is running and nothing is left behind; never rejects. */
  readonly cleared: Promise<void>;
}

/**
 * Downloads, converts and uploads. `payload` settles before temporary files are removed and the
 * conversion process has ended, so callbacks are not delayed.
 *
 * @param onUpload called when only the upload is left
 */
export function processTiff(
  settings: TaskSettings,
  options: ProcessOptions,
  stopping: Stopping,
  onUpload: () => void,
): TaskWork {
  const deadlines = taskDeadlines(settings.budget, options.sinceStart, stopping);
  options.log({ event: 'task.started', input_r2_key: settings.inputKey });
  const { promise: payload, resolve, reject } = Promise.withResolvers<SuccessPayload>();
  let underWay: WorkStage = 'download';
  const onStage = (stage: WorkStage) => {
    underWay = stage;
  };
  const work = withStorage(settings.storage, (storage) =>
    withWorkspace(
      async (workspace) => {
        const converter = openConverter(workspace.folder);
        const warnOfTaken = takenWarning(settings.inputKey, options.log);
        const doors = { storage, converter, onStage, warnOfTaken };
        const task = { settings, options, deadlines, stopping, ...doors };
        await transfer(task, workspace, onUpload).then(resolve, reject);
        await converter.close();
      },
      (message) => options.log({ event: 'warning', code: 'LEFTOVER', message }),
    ),
  );
  return { payload, stage: () => underWay, cleared: work.catch(reject) };
}

async function withStorage(
  settings: StorageSettings,
  work: (storage: Storage) => Promise<void>,
): Promise<void> {
  const storage = await openStorage(settings);
  try {
    await work(storage);
  } finally {
    closeStorage(storage);
  }
}

async function transfer(
  task: RunningTask,
  workspace: Workspace,
  onUpload: () => void,
): Promise<SuccessPayload> {
  const { log } = task.options;
  const source = await runStage(task, 'download', () =>
    openSource(task, workspace.path('input.tif')),
  );
  let { outputs } = source.result;
  warnOfAll(task, outputs);
  const found = finished(outputs);
  if (found) {
    await source.result.drop();
    return upToDate(task, found, outputs.further.length, source.ms);
  }

  // Loaded while the TIFF downloads, so that the first request does not wait for it.
  const [saved, { convertTaskPages, uploadPages }] = await Promise.all([
    runStage(task, 'download', source.result.saved),
    import('./page-stages.ts'),
  ]);
  const { tiff, info } = saved.result;
  const download = source.ms + saved.ms;
  log({ event: 'tiff.downloaded', bytes: info.size, ms: download });
  if (!isSameEtag(info.etag, source.result.etag)) {
    // The TIFF was replaced during the download: decisions by its ETag are made again.
    const { request } = outputs.first;
    const provenance = { ...request.provenance, sourceEtag: info.etag };
    const anew = await runStage(task, 'upload', () => findOutputs({ ...request, provenance }));
    outputs = anew.result;
    warnOfAll(task, outputs);
    const jpeg = finished(outputs);
    if (jpeg) return upToDate(task, jpeg, outputs.further.length, download);
  }

  const pages = await convertTaskPages(task, { tiff, outputs, pathOf: workspace.path });
  // The upload can use its memory, and need not wait for its end.
  void task.converter.close();
  onUpload();
  const uploaded = await uploadPages(task, pages);
  return toPayload(task, uploaded.first, { download, convert: pages.ms, upload: uploaded.ms });
}

/** Ends a task whose JPEGs are up to date. */
function upToDate(
  task: RunningTask,
  jpeg: ObjectInfo,
  further: number,
  download: number,
): SuccessPayload {
  const others = further === 1 ? 'its further page' : `its ${further} further pages`;
  const [and, was, is] = further === 0 ? ['', 'was', 'is'] : [` and ${others}`, 'were', 'are'];
  task.options.log({
    event: 'note',
    code: 'UP_TO_DATE',
    message: `${jpeg.key}${and} ${was} made from this TIFF before and ${is} up to date; nothing to convert`,
  });
  return toPayload(task, jpeg, { download, convert: 0, upload: 0 });
}

function warnOfAll(task: RunningTask, { first, further }: Outputs): void {
  for (const { slot } of [first, ...further]) task.warnOfTaken(slot.taken);
}

/** Warns once about each foreign key. */
function takenWarning(inputKey: string, log: TaskLog): RunningTask['warnOfTaken'] {
  const told = new Set<string>();
  return (taken) => {
    for (const key of taken) {
      if (told.has(key)) continue;
      told.add(key);
      log({
        event: 'warning',
        code: 'OUTPUT_KEY_TAKEN',
        message: `${key} was not made from ${inputKey} and is left alone; the JPEG gets another key`,
      });
    }
  };
}

function toPayload(
  { settings, options }: RunningTask,
  output: { readonly key: string; readonly size: number },
  ms: { readonly download: number; readonly convert: number; readonly upload: number },
): SuccessPayload {
  return {
    task_id: settings.taskId,
    batch_id: settings.batchId,
    status: 'success',
    output_r2_key: output.key,
    output_file_name: fileNameOf(output.key),
    output_file_size: output.size,
    performance: {
      total_time_ms: Math.round(options.sinceStart()),
      download_time_ms: ms.download,
      conversion_time_ms: ms.convert,
      upload_time_ms: ms.upload,
    },
  };
}
