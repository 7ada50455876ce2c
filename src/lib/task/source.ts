import { messageOf } from '../errors.ts';
import { type OpenObject, openObject } from '../storage/download.ts';
import { outputKeys } from '../storage/keys.ts';
import { type RequestOptions, STORAGE_RETRY } from '../storage/objects.ts';
import type { Job } from './job.ts';
import { findOutputs, type Outputs } from './page-outputs.ts';
import { StageError } from './stages.ts';

/** Asks for the TIFF and, before its bytes are taken, whether its JPEGs are there already. */
export async function openSource(
  job: Job,
): Promise<{ readonly object: OpenObject; readonly outputs: Outputs }> {
  const { settings, options, deadlines, storage, converter } = job;
  const { signal } = deadlines.conversion;
  const needless = new AbortController();
  const opening = openObject(storage, settings.inputKey, {
    ...requestOptions(job, 'download'),
    signal: AbortSignal.any([signal, needless.signal]),
  });
  const ready = converter.versions({ signal, silenceMs: options.patience?.silenceMs });
  const failing = ready.catch((error: unknown) => {
    // Nobody waits for the TIFF any more.
    needless.abort(error);
    opening.then((object) => object.discard()).catch(() => {});
    throw new StageError('convert', error);
  });
  const [object, versions] = await Promise.all([opening, failing]);
  const provenance = {
    sourceKey: settings.inputKey,
    sourceEtag: object.info.etag,
    taskId: settings.taskId,
    batchId: settings.batchId,
    encoder: settings.encoder,
    versions: `${options.program} ${versions}`,
    page: typeof settings.pages === 'number' ? settings.pages : 1,
    pageCount: settings.pages === 'all' ? ('unread' as const) : undefined,
  };
  const keys = outputKeys(settings.inputKey);
  const request = { storage, provenance, keys, options: requestOptions(job, 'upload') };
  try {
    return { object, outputs: await findOutputs(request) };
  } catch (error) {
    object.discard();
    throw new StageError('upload', error);
  }
}

function requestOptions({ options, deadlines }: Job, stage: 'download' | 'upload'): RequestOptions {
  const { log, patience = {} } = options;
  const deadline = stage === 'upload' ? deadlines.upload : deadlines.conversion;
  return {
    policy: patience.storageRetry ?? STORAGE_RETRY,
    patience: patience.storage,
    signal: deadline.signal,
    onRetry: ({ attempt, delayMs, error }) =>
      log({ event: 'retry', stage, attempt, delay_ms: delayMs, reason: messageOf(error) }),
  };
}
