import { StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import { changedMeanwhile } from './errors.ts';
import { headObject, type ObjectInfo, type RequestOptions } from './objects.ts';
import type { PutCondition, Uploaded } from './upload-request.ts';

/**
 * Whether an upload that failed has arrived all the same: an attempt whose answer was lost may have,
 * and then the next one finds its own object in its way. Asks R2 only if the failure leaves that open.
 * Throws the signal's reason.
 */
export async function hasArrived(
  storage: Storage,
  own: Uploaded,
  failure: { readonly error: unknown; readonly attempts: number },
  options: RequestOptions,
): Promise<boolean> {
  const { error, attempts } = failure;
  if (!(error instanceof StorageError)) return false;
  const inTheWay = error.code === 'PRECONDITION_FAILED' && attempts > 1;
  if (!inTheWay && !error.retryable) return false;
  // After as many failures as were allowed, one question more, and no second one.
  const asking = inTheWay ? options : onlyOnce(options);
  const there = await headObject(storage, own.key, asking).catch(() => undefined);
  options.signal?.throwIfAborted();
  return isSame(there, own);
}

/** Whether an object is the one that was to be uploaded: the same bytes in the same parts. */
export function isSame(there: ObjectInfo | undefined, own: Uploaded): boolean {
  return there?.etag === own.etag && there.size === own.size;
}

/** Throws `StorageError` (`PRECONDITION_FAILED`) unless what is there is what the condition wants. */
export function requireCondition(
  there: ObjectInfo | undefined,
  key: string,
  condition: PutCondition,
): void {
  const wanted = condition.kind === 'absent' ? undefined : condition.etag;
  if (there?.etag !== wanted) throw changedMeanwhile(key, 'HEAD shows another one');
}

/** The same options without repeats. */
export function onlyOnce(options: RequestOptions): RequestOptions {
  return {
    signal: options.signal,
    patience: options.patience,
    policy: { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 },
  };
}
