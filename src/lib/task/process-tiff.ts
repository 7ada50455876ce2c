import type { SuccessPayload } from '../callback/payload.ts';
import { type Conversion, convertTiff } from '../convert/convert-tiff.ts';
import { loadTiffReader } from '../convert/sharp-tiff.ts';
import { messageOf, TaskError } from '../errors.ts';
import type { Stage, TaskLog } from '../log.ts';
import type { RetryPolicy } from '../retry.ts';
import { orAborted } from '../stop.ts';
import { closeStorage, openStorage, type Storage } from '../storage/client.ts';
import { type OpenObject, openObject } from '../storage/download.ts';
import { fileNameOf } from '../storage/keys.ts';
import { type ObjectInfo, type RequestOptions, STORAGE_RETRY } from '../storage/objects.ts';
import { withWorkspace } from '../workspace.ts';
import { findOutput, type OutputRequest, type OutputSlot, putOutput } from './output.ts';
import type { TaskSettings } from './settings.ts';

/** What processing needs besides the task's settings. */
export interface ProcessOptions {
  readonly log: TaskLog;
  /** The program's name and version, for provenance. */
  readonly program: string;
  /** Milliseconds since the process started. */
  readonly sinceStart: () => number;
  readonly storageRetry?: RetryPolicy | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How the beginning of an error names the stage (contract: "Error Scenarios"; design: "Callback"). */
const failures = {
  download: 'Failed to download TIFF',
  convert: 'Failed to convert TIFF',
  upload: 'Failed to upload JPEG',
} as const;

/** A task under way: everything its stages share. */
interface Job {
  readonly settings: TaskSettings;
  readonly options: ProcessOptions;
  readonly storage: Storage;
}

/**
 * The task up to its callback: TIFF from R2, JPEG to R2. Returns the body of the success callback;
 * throws `TaskError` whose message is the error callback's.
 */
export async function processTiff(
  settings: TaskSettings,
  options: ProcessOptions,
): Promise<SuccessPayload> {
  options.log({ event: 'task.started', input_r2_key: settings.inputKey });
  const storage = await openStorage(settings.storage);
  try {
    return await withWorkspace(
      (workspace) =>
        transfer(
          { settings, options, storage },
          workspace.path('input.tif'),
          workspace.path('output.jpg'),
        ),
      (message) => options.log({ event: 'warning', code: 'LEFTOVER', message }),
    );
  } finally {
    closeStorage(storage);
  }
}

async function transfer(job: Job, tiffPath: string, jpegPath: string): Promise<SuccessPayload> {
  const { log } = job.options;
  const source = await timed(job, 'download', () => openSource(job));
  const { object } = source.result;
  let { request, slot } = source.result;
  warnOfTaken(job, slot.taken);
  if (slot.kind === 'done') {
    object.discard();
    return upToDate(job, slot.object, source.ms);
  }

  const saved = await timed(job, 'download', () => object.saveTo(tiffPath));
  const download = source.ms + saved.ms;
  log({ event: 'tiff.downloaded', bytes: saved.result.size, ms: download });
  if (saved.result.etag !== object.info.etag) {
    // The TIFF was replaced while it came: all that was decided by its ETag is decided anew.
    const provenance = { ...request.provenance, sourceEtag: saved.result.etag };
    request = { ...request, provenance };
    const { result: anew } = await timed(job, 'upload', () => findOutput(request));
    warnOfTaken(job, anew.taken.slice(slot.taken.length));
    if (anew.kind === 'done') return upToDate(job, anew.object, download);
    slot = anew;
  }

  const converted = await timed(job, 'convert', () => convert(job, tiffPath, jpegPath));
  log({ event: 'jpeg.converted', bytes: converted.result.bytes, ms: converted.ms });
  for (const { code, message } of converted.result.notes) log({ event: 'warning', code, message });

  const uploaded = await timed(job, 'upload', () => putOutput(request, slot, jpegPath));
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

/** Asks for the TIFF and, before its bytes are taken, whether its JPEG is there already. */
async function openSource(
  job: Job,
): Promise<{ object: OpenObject; request: OutputRequest; slot: OutputSlot }> {
  const { settings, options, storage } = job;
  const requests = requestOptions(job, 'download');
  const [object, { versions }] = await Promise.all([
    openObject(storage, settings.inputKey, requests),
    loadTiffReader().catch((error: unknown) => {
      throw new StageError('convert', error);
    }),
  ]);
  const provenance = {
    sourceKey: settings.inputKey,
    sourceEtag: object.info.etag,
    taskId: settings.taskId,
    batchId: settings.batchId,
    encoder: settings.encoder,
    versions: `${options.program} ${versions}`,
  };
  const request = { storage, provenance, options: requestOptions(job, 'upload') };
  try {
    return { object, request, slot: await findOutput(request) };
  } catch (error) {
    object.discard();
    throw new StageError('upload', error);
  }
}

function convert(
  { settings, options }: Job,
  tiffPath: string,
  jpegPath: string,
): Promise<Conversion> {
  const name = fileNameOf(settings.inputKey);
  // The child process goes here. Until then an interrupted task calls back at once, but its process
  // lasts until libvips is done: Node waits for its threads.
  return orAborted(convertTiff(tiffPath, jpegPath, { ...settings.encoder, name }), options.signal);
}

/** Marks an error with the stage it belongs to where that is not the one it came up in. */
class StageError extends Error {
  readonly stage: keyof typeof failures;

  constructor(stage: keyof typeof failures, cause: unknown) {
    super(messageOf(cause), { cause });
    this.stage = stage;
  }
}

async function timed<T>(
  { options }: Job,
  stage: keyof typeof failures,
  work: () => Promise<T>,
): Promise<{ result: T; ms: number }> {
  const start = options.sinceStart();
  try {
    const result = await work();
    return { result, ms: Math.round(options.sinceStart() - start) };
  } catch (error) {
    options.signal?.throwIfAborted();
    const failed = error instanceof StageError ? error.stage : stage;
    throw new TaskError(`${failures[failed]}: ${messageOf(error)}`, { cause: error });
  }
}

function requestOptions({ options }: Job, stage: Stage): RequestOptions {
  const { log, signal, storageRetry = STORAGE_RETRY } = options;
  return {
    policy: storageRetry,
    signal,
    onRetry: ({ attempt, delayMs, error }) =>
      log({ event: 'retry', stage, attempt, delay_ms: delayMs, reason: messageOf(error) }),
  };
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
