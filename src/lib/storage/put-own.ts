import { StorageError } from '../errors.ts';
import { type Storage, variableNames } from './client.ts';
import { isSameEtag, spellingsOf } from './etags.ts';
import { type Attempt, attemptRequest, headObject, type RequestOptions } from './objects.ts';
import { hasArrived, isOwn, type Own, onlyOnce } from './own-object.ts';
import type { PutCondition, Uploaded } from './upload-request.ts';

/** A condition as the headers of a request. */
type ConditionHeaders = { readonly IfNoneMatch: string } | { readonly IfMatch: string };

/** An upload that makes an object under a condition. */
export interface OwnPut {
  readonly storage: Storage;
  readonly own: Own;
  readonly condition: PutCondition;
  /** Whether what arrived broken can be replaced by sending it once more. */
  readonly repeatable: boolean;
  /** Sends it once, with these headers; gives the ETag of the answer. */
  readonly send: (attempt: Attempt, headers: ConditionHeaders) => Promise<string | undefined>;
}

/**
 * Sends an upload until it is known to have arrived as it is: its answer names our ETag or, where that is another
 * one, the bytes that are read back are ours. An attempt whose answer was lost is recognised likewise. Throws
 * `StorageError` (`PRECONDITION_FAILED` when the condition does not hold).
 */
export async function putOwn(put: OwnPut, options: RequestOptions): Promise<Uploaded> {
  const { storage, own, condition } = put;
  if (condition.kind === 'absent') return putUnder(put, { IfNoneMatch: '*' }, options);
  for (const spelling of spellingsOf(condition.etag)) {
    try {
      return await putUnder(put, { IfMatch: spelling }, options);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'PRECONDITION_FAILED') throw error;
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
        const there = { key, size: own.size, etag };
        attempt.watch.rest();
        const arrived = await isOwn(storage, there, own, options).catch(unlessMissing);
        if (arrived) return there;
        // What lies there now is ours, and nothing else may be replaced by what is sent next.
        if (arrived === false) headers = { IfMatch: etag };
        throw new StorageError(
          'BROKEN_TRANSFER',
          `"${key}" is not in R2 as it was sent: its ETag is ${etag} instead of ${own.etag}, and ` +
            `${arrived === false ? 'what is read back differs' : 'there is nothing to read back'}. Try again.`,
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

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof StorageError) || error.code !== 'OBJECT_NOT_FOUND') throw error;
}

/** Removes what arrived broken, unless it is another object by now: it would be taken for a finished one. */
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
