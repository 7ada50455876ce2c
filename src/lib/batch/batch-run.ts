import type { LookingTools } from '../collection/item.ts';
import { messageOf } from '../errors.ts';
import { outputKeys } from '../keys.ts';
import type { RequestOptions } from '../storage/objects.ts';
import type { OutputRequest } from '../task/output.ts';
import { firstProvenance, NO_TASK } from '../task/provenance.ts';
import type { KeyClaims } from './claims.ts';
import type { DiskRoom } from './disk-room.ts';
import { BATCH_RETRY, type BatchOptions } from './options.ts';

/** What all TIFFs of a run share. */
export interface BatchRun {
  readonly options: BatchOptions;
  readonly claims: KeyClaims;
  readonly room: DiskRoom;
}

/** How requests of a run are sent: patiently, and each repeat is told. */
export function requestOptions(
  { options }: BatchRun,
  { warn, signal }: Pick<LookingTools, 'warn' | 'signal'>,
): RequestOptions {
  return {
    policy: options.policy ?? BATCH_RETRY,
    signal,
    onRetry: ({ error, delayMs }) =>
      warn('RETRY', `${messageOf(error)} Trying again in ${delayMs} ms`),
    onWarning: warn,
  };
}

/** What is asked for of a version of a TIFF, exactly as a task asks for it. */
export async function outputRequest(
  key: string,
  etag: string,
  run: BatchRun,
  tools: LookingTools,
): Promise<OutputRequest> {
  const { storage, encoder, pages, program } = run.options;
  const provenance = firstProvenance({
    sourceKey: key,
    sourceEtag: etag,
    taskId: NO_TASK,
    batchId: NO_TASK,
    encoder,
    pages,
    versions: `${program} ${await tools.versions()}`,
  });
  return {
    storage,
    provenance,
    keys: outputKeys(key),
    options: requestOptions(run, tools),
    isPromised: (output) => run.claims.keptFor(output, key) !== undefined,
  };
}
