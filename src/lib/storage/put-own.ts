import { StorageError } from '../errors.ts';
import { type Storage, variableNames } from './client.ts';
import { isRefusedCondition } from './errors.ts';
import { isSameEtag, spellingsOf } from './etags.ts';
import { attemptRequest, headObject, type RequestAttempt, type RequestOptions } from './objects.ts';
import { hasArrived, type Own, onlyOnce, readBack, type Stored } from './own-object.ts';
import type { PutCondition, Uploaded } from './upload-request.ts';

/** A condition as the headers of a request. */
type ConditionHeaders = { readonly IfNoneMatch: string } | { readonly IfMatch: string };

/** An upload that makes an object under a condition. */
export interface OwnPut {
  readonly storage: Storage;
  readonly own: Own;
  readonly condition: PutCondition;
  /** Whether damaged data can be replaced by sending them again. */
  readonly repeatable: boolean;
  /** Sends it once with these headers; returns the ETag of the answer. */
  readonly send: (
    attempt: RequestAttempt,
    headers: ConditionHeaders,
  ) => Promise<string | undefined>;
}

/**
 * Sends an upload until it has arrived intact: the answer has our ETag or, if that differs, the
 * bytes read back are ours. An attempt whose answer was lost is recognised the same way. Throws
 * `StorageError` (`PRECONDITION_FAILED` if the condition does not hold).
 */
export async function putOwn(put: OwnPut, options: RequestOptions): Promise<Uploaded> {
  const { storage, own, condition } = put;
  if (condition.kind === 'absent') return putUnder(put, { IfNoneMatch: '*' }, options);
  for (const spelling of spellingsOf(condition.etag)) {
    try {
      return await putUnder(put, { IfMatch: spelling }, options);
    } catch (error) {
      if (!isRefusedCondition(error)) throw error;
      const there = await headObject(storage, own.key, options);
      if (!isSameEtag(there?.etag, condition.etag)) throw error;
    }
  }
  const { endpoint, names = variableNames } = storage;
  throw new StorageError(
    'STORAGE_FAILED',
    `The server at ${new URL(endpoint).host} did not replace "${own.key}": it says that its ETag is not ${condition.etag} (412), ` +
      'and that it is (HEAD), with and without quotes in If-Match. Without that condition, what somebody else puts there ' +
      `meanwhile would be overwritten. Delete the object and run it again, or check ${names.endpoint}.`,
  );
}

async function putUnder(
  { storage, own, repeatable, send }: OwnPut,
  condition: ConditionHeaders,
  options: RequestOptions,
): Promise<Uploaded> {
  const { key } = own;
  const header = 'IfMatch' in condition ? 'If-Match' : 'If-None-Match';
  let headers = condition;
  let attempts = 0;
  try {
    return await attemptRequest(
      { storage, key, action: 'write', header },
      options,
      async (attempt) => {
        attempts = attempt.number;
        const etag = (await send(attempt, headers)) ?? '';
        attempt.watch.rest();
        if (isSameEtag(etag, own.etag)) return { key, size: own.size, etag };
        const stored = await readBack(storage, own, options);
        const isAsTold = isSameEtag(stored?.etag, etag);
        if (stored?.isOwn) return { key, size: own.size, etag: isAsTold ? etag : stored.etag };
        // The object there is ours now, and the next attempt may replace only it.
        if (isAsTold) headers = { IfMatch: etag };
        const told = `its ETag is ${etag} instead of ${own.etag}, and ${differenceOf(stored, etag)}`;
        throw new StorageError(
          'BROKEN_TRANSFER',
          `"${key}" is not in R2 as it was sent: ${told}. Try again.`,
          { retryable: repeatable },
        );
      },
    );
  } catch (error) {
    const arrived = await hasArrived(storage, own, { error, attempts }, options);
    if (arrived) return arrived;
    if (headers !== condition) await removeBroken(storage, key, headers, options);
    throw error;
  }
}

function differenceOf(stored: Stored | undefined, etag: string): string {
  if (!stored) return 'there is nothing to read back';
  if (isSameEtag(stored.etag, etag)) return 'what is read back differs';
  return `what is read back is something else (${stored.etag})`;
}

/** Removes damaged data, unless another object has replaced them: they would count as finished. */
async function removeBroken(
  storage: Storage,
  key: string,
  headers: ConditionHeaders,
  options: RequestOptions,
): Promise<void> {
  const { DeleteObjectCommand } = await import('./sdk.ts');
  const there = await headObject(storage, key, onlyOnce(options)).catch(() => undefined);
  if (!('IfMatch' in headers) || !isSameEtag(there?.etag, headers.IfMatch)) return;
  const command = new DeleteObjectCommand({ Bucket: storage.bucket, Key: key });
  await attemptRequest({ storage, key, action: 'write' }, onlyOnce(options), ({ watch }) =>
    storage.client.send(command, { abortSignal: watch.signal }),
  ).catch(() => {});
}
