import type { PlanningTools } from '../collection/item.ts';
import { messageOf } from '../errors.ts';
import { outputKeys } from '../keys.ts';
import type { OutputRequest } from '../outputs/bucket/output.ts';
import { firstProvenance, NO_TASK } from '../outputs/bucket/provenance.ts';
import type { RequestOptions } from '../storage/objects.ts';
import type { DiskRoom } from './disk-room.ts';
import type { KeyReservations } from './key-reservations.ts';
import { BATCH_RETRY, type BatchOptions } from './options.ts';

/** What all TIFFs of a run share. */
export interface BatchRun {
  readonly options: BatchOptions;
  readonly reservations: KeyReservations;
  readonly room: DiskRoom;
}

/** How a run sends requests: patiently, and it reports each retry. */
export function requestOptions(
  { options }: BatchRun,
  { warn, signal }: Pick<PlanningTools, 'warn' | 'signal'>,
): RequestOptions {
  return {
    policy: options.policy ?? BATCH_RETRY,
    signal,
    onRetry: ({ error, delayMs }) => warn('RETRY', `${messageOf(error)} Retrying in ${delayMs} ms`),
    onWarning: warn,
  };
}

/** The output request for a version of a TIFF, exactly as a task makes it. */
export async function outputRequest(
  key: string,
  etag: string,
  run: BatchRun,
  tools: PlanningTools,
): Promise<OutputRequest> {
  const { storage, encoder, pages, program, skipExisting } = run.options;
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
    existingCounts: skipExisting,
    isPromised: (output) => run.reservations.reservedFor(output, key) !== undefined,
  };
}
