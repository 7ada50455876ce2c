import type { Environment } from './environment.ts';
import { isAmongInputs } from './outbox/keys.ts';

/** What is wrong with variables that are set together. */
export function conflicts(set: Environment): string[] {
  const { R2_ENDPOINT: endpoint, R2_JURISDICTION: jurisdiction, R2_BUCKET: bucket } = set;
  return [
    ...(endpoint && jurisdiction ? ['R2_ENDPOINT and R2_JURISDICTION cannot both be set'] : []),
    ...(endpoint && bucket && namesBucket(endpoint, bucket)
      ? [
          `R2_ENDPOINT must not end with the bucket's name, as it does in Cloudflare's dashboard: R2_BUCKET says it already. Remove "/${bucket}"`,
        ]
      : []),
  ];
}

/**
 * Whether the last part of an address's path is the bucket, for which R2 would be asked in the
 * bucket of that name.
 */
function namesBucket(endpoint: string, bucket: string): boolean {
  return URL.parse(endpoint)?.pathname.replace(/\/+$/, '').endsWith(`/${bucket}`) ?? false;
}

/** What is wrong with variables of a task that are set together. */
export function taskConflicts(set: Environment): string[] {
  const { CALLBACK_OUTBOX_PREFIX: prefix, INPUT_R2_KEY: inputKey, BATCH_ID: batchId } = set;
  const among = prefix && inputKey && batchId && isAmongInputs(prefix, inputKey, batchId);
  return [
    ...conflicts(set),
    ...(among
      ? [
          'CALLBACK_OUTBOX_PREFIX must not lie among the TIFFs of INPUT_R2_KEY, where the orchestrator would find what is kept there',
        ]
      : []),
  ];
}
