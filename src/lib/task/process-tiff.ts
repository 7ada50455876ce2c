import type { SuccessPayload } from '../callback/payload.ts';
import { openConverter } from '../convert/process/converter.ts';
import { fileNameOf } from '../keys.ts';
import type { WorkStage } from '../log.ts';
import { closeStorage, openStorage, type Storage } from '../storage/client.ts';
import { isSameEtag } from '../storage/etags.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { type Workspace, withWorkspace } from '../workspace.ts';
import { taskDeadlines } from './budget.ts';
import type { Job, ProcessOptions } from './job.ts';
import { findOutputs, finished, type Outputs } from './page-outputs.ts';
import type { TaskSettings } from './settings.ts';
import { openSource } from './source.ts';
import { runStage } from './stages.ts';
import type { Stopping } from './stopping.ts';

/** A task up to its callback, under way. */
export interface Work {
  /** The body of the success callback; rejects with an error whose message is the error callback's. */
  readonly payload: Promise<SuccessPayload>;
  /** The stage that is under way. */
  readonly stage: () => WorkStage;
  /** Resolves when nothing of it goes on and nothing of it is left; never rejects. */
  readonly cleared: Promise<void>;
}

/**
 * TIFF from R2, JPEG to R2. How it ended is told before the temporary files are removed and the
 * conversion process is gone: whoever waits for the callback waits for neither.
 *
 * @param onUpload told when only the upload is left
 */
export function processTiff(
  settings: TaskSettings,
  options: ProcessOptions,
  stopping: Stopping,
  onUpload: () => void,
): Work {
  const deadlines = taskDeadlines(settings.budget, options.sinceStart, stopping);
  options.log({ event: 'task.started', input_r2_key: settings.inputKey });
  const { promise: payload, resolve, reject } = Promise.withResolvers<SuccessPayload>();
  let underWay: WorkStage = 'download';
  const onStage = (stage: WorkStage) => {
    underWay = stage;
  };
  const work = withStorage(settings, (storage) =>
    withWorkspace(
      async (workspace) => {
        const converter = openConverter(workspace.folder);
        const warnOfTaken = takenWarning(settings, options);
        const doors = { storage, converter, onStage, warnOfTaken };
        const job = { settings, options, deadlines, stopping, ...doors };
        await transfer(job, workspace, onUpload).then(resolve, reject);
        await converter.close();
      },
      (message) => options.log({ event: 'warning', code: 'LEFTOVER', message }),
    ),
  );
  return { payload, stage: () => underWay, cleared: work.catch(reject) };
}

async function withStorage(
  { storage: settings }: TaskSettings,
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
  job: Job,
  workspace: Workspace,
  onUpload: () => void,
): Promise<SuccessPayload> {
  const { log } = job.options;
  const tiffPath = workspace.path('input.tif');
  const source = await runStage(job, 'download', () => openSource(job, tiffPath));
  let { outputs } = source.result;
  warnOfAll(job, outputs);
  const found = finished(outputs);
  if (found) {
    await source.result.drop();
    return upToDate(job, found, outputs.further.length, source.ms);
  }

  // What converts is loaded while the TIFF comes: the first request waits for none of it.
  const [saved, { convertPages, uploadPages }] = await Promise.all([
    runStage(job, 'download', source.result.saved),
    import('./page-stages.ts'),
  ]);
  const download = source.ms + saved.ms;
  log({ event: 'tiff.downloaded', bytes: saved.result.size, ms: download });
  if (!isSameEtag(saved.result.etag, source.result.etag)) {
    // The TIFF was replaced while it came: all that was decided by its ETag is decided anew.
    const { request } = outputs.first;
    const provenance = { ...request.provenance, sourceEtag: saved.result.etag };
    const anew = await runStage(job, 'upload', () => findOutputs({ ...request, provenance }));
    outputs = anew.result;
    warnOfAll(job, outputs);
    const jpeg = finished(outputs);
    if (jpeg) return upToDate(job, jpeg, outputs.further.length, download);
  }

  const pages = await convertPages(job, { tiffPath, outputs, pathOf: workspace.path });
  // Its memory is better used by the upload, which need not wait for that.
  void job.converter.close();
  onUpload();
  const uploaded = await uploadPages(job, pages);
  return toPayload(job, uploaded.first, { download, convert: pages.ms, upload: uploaded.ms });
}

/** Ends a task whose JPEGs are there already. */
function upToDate(job: Job, jpeg: ObjectInfo, further: number, download: number): SuccessPayload {
  const others = further === 1 ? 'its further page' : `its ${further} further pages`;
  const [and, was, is] = further === 0 ? ['', 'was', 'is'] : [` and ${others}`, 'were', 'are'];
  job.options.log({
    event: 'note',
    code: 'UP_TO_DATE',
    message: `${jpeg.key}${and} ${was} made from this TIFF before and ${is} up to date; nothing to convert`,
  });
  return toPayload(job, jpeg, { download, convert: 0, upload: 0 });
}

function warnOfAll(job: Job, { first, further }: Outputs): void {
  for (const { slot } of [first, ...further]) job.warnOfTaken(slot.taken);
}

/** Says once of each key that it is left alone. */
function takenWarning({ inputKey }: TaskSettings, { log }: ProcessOptions): Job['warnOfTaken'] {
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
  { settings, options }: Job,
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
