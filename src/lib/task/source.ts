import { messageOf } from '../errors.ts';
import { outputKeys } from '../keys.ts';
import { openObject } from '../storage/download.ts';
import {
  headObject,
  type ObjectInfo,
  type RequestOptions,
  STORAGE_RETRY,
} from '../storage/objects.ts';
import { watchArrival, willArrive } from './arriving.ts';
import type { Job } from './job.ts';
import { findOutputs, type Outputs } from './page-outputs.ts';
import { firstProvenance } from './provenance.ts';
import { StageError } from './stages.ts';

/** A TIFF that is on its way, and where its JPEGs go. */
export interface Source {
  /** The version that was there when it was asked for. */
  readonly etag: string;
  readonly outputs: Outputs;
  /** The TIFF in its file, and its version: another one when it was replaced meanwhile. Throws as `OpenObject.saveTo`. */
  saved(): Promise<ObjectInfo>;
  /** Ends the download of a TIFF that is not needed; resolves when nothing of it goes on. */
  drop(): Promise<void>;
}

/**
 * Asks at once for the TIFF, whose bytes go to a file from then on, and for what lies where its JPEG goes.
 * Throws what these throw; nothing goes on then.
 */
export async function openSource(job: Job, tiffPath: string): Promise<Source> {
  const { settings, options, deadlines, storage, converter } = job;
  const { signal } = deadlines.conversion;
  const needless = new AbortController();
  const until = (stage: 'download' | 'upload') => {
    const asked = requestOptions(job, stage);
    return { ...asked, signal: AbortSignal.any([asked.signal, needless.signal]) };
  };
  const keys = outputKeys(settings.inputKey);
  const opening = openObject(storage, settings.inputKey, until('download'));
  const looking = headObject(storage, keys[0], until('upload'));
  const { count, arrived } = watchArrival(options.sinceStart);
  const saving = opening.then((object) => object.saveTo(tiffPath, count));
  // Whoever needs them awaits them.
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
    const request = { storage, provenance, keys, options: requestOptions(job, 'upload') };
    const outputs = await findOutputs(request, looking).catch((error: unknown) => {
      throw new StageError('upload', error);
    });
    const saved = () => inTime(job, saving, (msLeft) => willArrive(arrived(), info.size, msLeft));
    return { etag: info.etag, outputs, saved, drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** How often a download is looked at after a stop signal: a verdict is final, so it waits for a rate. In milliseconds. */
const LOOK_EVERY_MS = 250;

/** The same work; after a stop signal it is given up as soon as it is seen that it will not be done in time. */
async function inTime<T>(
  { deadlines, stopping }: Job,
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
  { options, deadlines }: Job,
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
