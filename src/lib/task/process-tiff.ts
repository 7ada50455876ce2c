import type { SuccessPayload } from '../callback/payload.ts';
import { startConverter } from '../convert/process/converter.ts';
import { closeStorage, openStorage } from '../storage/client.ts';
import { fileNameOf } from '../storage/keys.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { withWorkspace } from '../workspace.ts';
import type { TaskDeadlines } from './budget.ts';
import { convertForTask, logConversion } from './conversion.ts';
import type { Job, ProcessOptions } from './job.ts';
import { findOutput, putOutput } from './output.ts';
import type { TaskSettings } from './settings.ts';
import { openSource } from './source.ts';
import { timed, type WorkStage } from './stages.ts';

/**
 * The task up to its callback: TIFF from R2, JPEG to R2. Returns the body of the success callback;
 * throws `TaskError` whose message is the error callback's.
 */
export async function processTiff(
  settings: TaskSettings,
  options: ProcessOptions,
  deadlines: TaskDeadlines,
): Promise<SuccessPayload> {
  options.log({ event: 'task.started', input_r2_key: settings.inputKey });
  const storage = await openStorage(settings.storage);
  try {
    return await withWorkspace(
      async ({ folder, path }) => {
        // Early, so that it is ready when the TIFF is.
        const converter = startConverter(folder);
        const job = { settings, options, deadlines, storage, converter };
        try {
          return await transfer(job, path('input.tif'), path('output.jpg'));
        } finally {
          await converter.close();
        }
      },
      (message) => options.log({ event: 'warning', code: 'LEFTOVER', message }),
    );
  } finally {
    closeStorage(storage);
  }
}

async function transfer(job: Job, tiffPath: string, jpegPath: string): Promise<SuccessPayload> {
  const { log } = job.options;
  const source = await stage(job, 'download', () => openSource(job));
  const { object } = source.result;
  let { request, slot } = source.result;
  warnOfTaken(job, slot.taken);
  if (slot.kind === 'done') {
    object.discard();
    return upToDate(job, slot.object, source.ms);
  }

  const saved = await stage(job, 'download', () => object.saveTo(tiffPath));
  const download = source.ms + saved.ms;
  log({ event: 'tiff.downloaded', bytes: saved.result.size, ms: download });
  if (saved.result.etag !== object.info.etag) {
    // The TIFF was replaced while it came: all that was decided by its ETag is decided anew.
    const provenance = { ...request.provenance, sourceEtag: saved.result.etag };
    request = { ...request, provenance };
    const { result: anew } = await stage(job, 'upload', () => findOutput(request));
    warnOfTaken(job, anew.taken.slice(slot.taken.length));
    if (anew.kind === 'done') return upToDate(job, anew.object, download);
    slot = anew;
  }

  const converted = await stage(job, 'convert', () => convertForTask(job, tiffPath, jpegPath));
  logConversion(log, converted.result, converted.ms);
  // Its memory is better used by the upload.
  await job.converter.close();

  const { effort } = converted.result.plan;
  const uploaded = await stage(job, 'upload', () => putOutput(request, slot, jpegPath, effort));
  warnOfTaken(job, uploaded.result.taken.slice(slot.taken.length));
  log({ event: 'jpeg.uploaded', output_r2_key: uploaded.result.key, ms: uploaded.ms });
  return toPayload(job, uploaded.result, { download, convert: converted.ms, upload: uploaded.ms });
}

/** Ends a task whose JPEG is there already. */
function upToDate(job: Job, jpeg: ObjectInfo, download: number): SuccessPayload {
  job.options.log({
    event: 'note',
    code: 'UP_TO_DATE',
    message: `${jpeg.key} was made from this TIFF before and is up to date; nothing to convert`,
  });
  return toPayload(job, jpeg, { download, convert: 0, upload: 0 });
}

function stage<T>({ options, deadlines }: Job, name: WorkStage, work: () => Promise<T>) {
  const deadline = name === 'upload' ? deadlines.upload : deadlines.conversion;
  return timed({ sinceStart: options.sinceStart, deadline }, name, work);
}

function warnOfTaken({ options, settings }: Job, taken: readonly string[]): void {
  for (const key of taken)
    options.log({
      event: 'warning',
      code: 'OUTPUT_KEY_TAKEN',
      message: `${key} was not made from ${settings.inputKey} and is left alone; the JPEG gets another key`,
    });
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
