import { ArkeError, messageOf, StorageError, systemCodeOf } from '../errors.ts';
import { isRetryableStatus, parseRetryAfter } from '../retry.ts';
import type { Storage } from './client.ts';

/** What a request was about, for the message of its error. */
export interface StorageRequest {
  readonly storage: Pick<Storage, 'bucket' | 'endpoint'>;
  readonly key: string;
  readonly action: 'read' | 'write';
}

/** What the SDK's errors carry, as far as we look at it. */
interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Record<string, string> };
}

/**
 * The error of a failed request to R2, told for a person: R2's code decides, else the status, else
 * the connection's error. An error of our own (a full disk, say) is passed on as it is. R2's codes:
 * https://developers.cloudflare.com/r2/api/error-codes/
 */
export function toStorageError(error: unknown, request: StorageRequest): ArkeError {
  if (error instanceof ArkeError) return error;
  const sdkError = error as SdkError;
  const status = sdkError?.$metadata?.httpStatusCode;
  if (status === undefined)
    return systemCodeOf(error) || isTimeout(error)
      ? connectionError(error, request)
      : requestError(error, request);
  return byCode(sdkError, status, request) ?? byStatus(sdkError, status, request);
}

function byCode(
  error: SdkError,
  status: number,
  request: StorageRequest,
): StorageError | undefined {
  const { bucket } = request.storage;
  const options = { cause: error };
  switch (error.name) {
    case 'NoSuchBucket':
      return new StorageError(
        'BUCKET_NOT_FOUND',
        `The bucket "${bucket}" does not exist in this account. Check R2_BUCKET, R2_ACCOUNT_ID and R2_JURISDICTION.`,
        options,
      );
    case 'SignatureDoesNotMatch':
      return new StorageError(
        'CREDENTIALS_REJECTED',
        `R2 rejected the signature (${status}). R2_SECRET_ACCESS_KEY does not belong to ` +
          'R2_ACCESS_KEY_ID; set both from the same R2 API token.',
        options,
      );
    case 'InvalidAccessKeyId':
    case 'Unauthorized':
    case 'NotAuthorized':
      return new StorageError(
        'CREDENTIALS_REJECTED',
        `R2 does not know the access key (${status}). Check R2_ACCESS_KEY_ID and R2_ACCOUNT_ID; ` +
          `the API token may have been revoked, or be for another bucket than "${bucket}".`,
        options,
      );
    case 'RequestTimeTooSkewed':
      return new StorageError(
        'CLOCK_SKEWED',
        `R2 rejected the request because this machine's clock is wrong (${new Date().toISOString()} here). Set the clock.`,
        options,
      );
    case 'PreconditionFailed':
    case 'ConditionalRequestConflict':
      return new StorageError(
        'PRECONDITION_FAILED',
        `The object "${request.key}" was changed by somebody else meanwhile (${status}).`,
        options,
      );
    default:
      return undefined;
  }
}

function byStatus(error: SdkError, status: number, request: StorageRequest): StorageError {
  const { bucket } = request.storage;
  const options = { cause: error };
  if (status === 404)
    return new StorageError(
      'OBJECT_NOT_FOUND',
      `404 Not Found: there is no object "${request.key}" in the bucket "${bucket}". Check INPUT_R2_KEY and R2_BUCKET.`,
      options,
    );
  if (status === 412)
    return new StorageError(
      'PRECONDITION_FAILED',
      `The object "${request.key}" was changed by somebody else meanwhile (412).`,
      options,
    );
  if (status === 401 || status === 403)
    return new StorageError(
      'ACCESS_DENIED',
      `${status} ${status === 403 ? 'Forbidden' : 'Unauthorized'}: the R2 API token may not ${request.action} ` +
        `"${request.key}" in the bucket "${bucket}". Give it "Object Read & Write" on that bucket, or check R2_BUCKET.`,
      options,
    );
  return new StorageError(
    'STORAGE_FAILED',
    `R2 answered ${status}${wordsOf(error)} on the attempt to ${request.action} "${request.key}". ` +
      (status >= 500 ? "Try again later; see Cloudflare's status page." : 'Check R2_ENDPOINT.'),
    {
      ...options,
      retryable: isRetryableStatus(status),
      retryAfterMs: parseRetryAfter(error.$response?.headers?.['retry-after']),
    },
  );
}

/** The SDK's time-outs have a name, but no system code. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** What went wrong before anything was sent: the same request will fail again. */
function requestError(error: unknown, request: StorageRequest): StorageError {
  return new StorageError(
    'STORAGE_FAILED',
    `The request to ${request.action} "${request.key}" could not be made: ${messageOf(error)}. ` +
      'Check R2_BUCKET, the keys of the R2 API token and the object key for stray characters.',
    { cause: error },
  );
}

/** R2's own words, where it sent some: not the SDK's about an answer that it could not read. */
function wordsOf({ message }: Error): string {
  return !message || message === 'UnknownError' || /deserializ|parse error/i.test(message)
    ? ''
    : ` (${message})`;
}

function connectionError(error: unknown, request: StorageRequest): StorageError {
  const code = systemCodeOf(error);
  const reason = messageOf(error);
  const detail = code && !reason.includes(code) ? `${reason} (${code})` : reason;
  const host = new URL(request.storage.endpoint).host;
  return new StorageError(
    'STORAGE_UNREACHABLE',
    `The connection to R2 at ${host} failed on the attempt to ${request.action} "${request.key}": ${detail}. ` +
      'Check the network, R2_ACCOUNT_ID and R2_ENDPOINT.',
    { cause: error, retryable: true },
  );
}
