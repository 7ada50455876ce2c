import { newTiff, type OwnTiff } from '../convert/own-tiff.ts';
import { messageOf } from '../errors.ts';
import { outputKeys } from '../keys.ts';
import { findOutputs, type Outputs } from '../outputs/bucket/page-outputs.ts';
import { firstProvenance } from '../outputs/bucket/provenance.ts';
import { openObject } from '../storage/download.ts';
import {
  headObject,
  type ObjectInfo,
  type RequestOptions,
  STORAGE_RETRY,
} from '../storage/objects.ts';
import { watchArrival, willArrive } from './arriving.ts';
import type { RunningTask } from './running-task.ts';
import { StageError } from './stages.ts';

/** A TIFF being downloaded, and where its JPEGs go. */
export interface TaskSource {
  /** The version when it was requested. */
  readonly etag: string;
  readonly outputs: Outputs;
  /**
   * The TIFF in its file, and its version: another one if it was replaced meanwhile. Throws like
   * `OpenObject.saveTo`.
   */
  saved(): Promise<{ readonly tiff: OwnTiff; readonly info: ObjectInfo }>;
  /** Aborts the download of a TIFF that is not needed; resolves when it has ended. */
  drop(): Promise<void>;
}

/**
 * Requests at once the TIFF, whose bytes then go to a file, and the object under its JPEG's key.
 * Throws what these throw, with nothing left running.
 */
export async function openSource(task: RunningTask, tiffPath: string): Promise<TaskSource> {
  const { settings, options, deadlines, storage, converter } = task;
  const { signal } = deadlines.conversion;
  const needless = new AbortController();
  const until = (stage: 'download' | 'upload') => {
    const asked = requestOptions(task, stage);
    return { ...asked, signal: AbortSignal.any([asked.signal, needless.signal]) };
  };
  const keys = outputKeys(settings.inputKey);
  const opening = openObject(storage, settings.inputKey, until('download'));
  const looking = headObject(storage, keys[0], until('upload'));
  const { count, arrived } = watchArrival(options.sinceStart);
  const saving = opening.then(async (object) => {
    const tiff = await newTiff(tiffPath);
    return { tiff, info: await object.saveTo(tiff.path, count) };
  });
  // Awaited elsewhere.
  for (const promise of [looking, saving]) promise.catch(() => {});
  const drop = async () => {
    needless.abort();
    await Promise.allSettled([saving, looking]);
  };
  try {
    const { info } = await opening;
    const ready = converter.versions({ signal, silenceMs: options.patience?.silenceMs });
    const versions = await ready.catch((error: unknown) => {
      throw new StageError('convert', error);
    });
    const provenance = firstProvenance({
      sourceKey: settings.inputKey,
      sourceEtag: info.etag,
      taskId: settings.taskId,
      batchId: settings.batchId,
      encoder: settings.encoder,
      versions: `${options.program} ${versions}`,
      pages: settings.pages,
    });
    const request = { storage, provenance, keys, options: requestOptions(task, 'upload') };
    const outputs = await findOutputs(request, { first: looking }).catch((error: unknown) => {
      throw new StageError('upload', error);
    });
    const saved = () => inTime(task, saving, (msLeft) => willArrive(arrived(), info.size, msLeft));
    return { etag: info.etag, outputs, saved, drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

/**
 * How often a download is checked after a stop signal: the verdict is final, so it waits for a
 * rate. In milliseconds.
 */
const LOOK_EVERY_MS = 250;

/** The same work, given up after a stop signal as soon as it cannot finish in time. */
async function inTime<T>(
  { deadlines, stopping }: RunningTask,
  work: Promise<T>,
  willBe: (msLeft: number) => boolean,
): Promise<T> {
  const { asked } = stopping;
  let looking: NodeJS.Timeout | undefined;
  const look = () => {
    if (!willBe(deadlines.conversion.msLeft())) stopping.giveUp();
  };
  const begin = () => {
    look();
    looking = setInterval(look, LOOK_EVERY_MS);
  };
  if (asked.aborted) begin();
  else asked.addEventListener('abort', begin, { once: true });
  try {
    return await work;
  } finally {
    asked.removeEventListener('abort', begin);
    clearInterval(looking);
  }
}

function requestOptions(
  { options, deadlines }: RunningTask,
  stage: 'download' | 'upload',
): RequestOptions & { readonly signal: AbortSignal } {
  const { log, patience = {} } = options;
  const deadline = stage === 'upload' ? deadlines.upload : deadlines.conversion;
  return {
    policy: patience.storageRetry ?? STORAGE_RETRY,
    patience: patience.storage,
    signal: deadline.signal,
    onRetry: ({ attempt, delayMs, error }) =>
      log({ event: 'retry', stage, attempt, delay_ms: delayMs, reason: messageOf(error) }),
    onWarning: (code, message) => log({ event: 'warning', code, message }),
  };
}
