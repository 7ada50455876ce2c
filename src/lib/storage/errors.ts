import { ArkeError, inParentheses, messageOf, StorageError } from '../errors.ts';
import { unseenEnds } from '../keys.ts';
import { isRetryableStatus, parseRetryAfter } from '../retry.ts';
import { StrangeAnswer } from './answers.ts';
import { type StorageNames, type StorageRequest, variableNames } from './client.ts';
import { attemptOf, isConnectionError, toConnectionError } from './connection-error.ts';

/** The fields of SDK errors that are used. */
interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  /** The unsupported header, named by S3. */
  readonly Header?: string;
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/**
 * The error of a failed request to R2, for people: decided by R2's code, or else the status, or
 * else the connection's error. Our own errors (a full disk, say) are passed on. R2's codes:
 * https://developers.cloudflare.com/r2/api/error-codes/
 */
export function toStorageError(error: unknown, request: StorageRequest): ArkeError {
  if (error instanceof ArkeError) return error;
  if (error instanceof StrangeAnswer) return strangeAnswer(error, request);
  const sdkError = error as SdkError;
  const status = sdkError?.$metadata?.httpStatusCode;
  if (status === undefined)
    return isConnectionError(error)
      ? toConnectionError(error, request)
      : requestError(error, request);
  // A success that the SDK could not read, such as invalid XML.
  if (status < 300)
    return strangeAnswer(
      new StrangeAnswer('incomplete', status, 'with what cannot be read', { cause: error }),
      request,
    );
  return (
    byCode(sdkError, status, request) ??
    byClock(sdkError, status, request) ??
    byStatus(sdkError, status, request)
  );
}

/**
 * Whether a request was refused because this machine's clock is minutes off: the SDK then takes
 * R2's time from the answer, and signs the next attempt with it.
 */
export function isClockCorrected(error: unknown): boolean {
  const { httpStatusCode: status, clockSkewCorrected = false } =
    (error as SdkError)?.$metadata ?? {};
  return clockSkewCorrected && isRefusal(status);
}

/** Whether a server may answer so to a signature that it does not accept. */
function isRefusal(status: number | undefined): boolean {
  return status === 400 || status === 401 || status === 403;
}

/**
 * Whether a server refused a request by its condition, as opposed to our finding another version.
 */
export function isRefusedCondition(error: unknown): boolean {
  if (!(error instanceof StorageError) || error.code !== 'PRECONDITION_FAILED') return false;
  return (error.cause as SdkError | undefined)?.$metadata?.httpStatusCode === 412;
}

/** The error for an endpoint that answers with web pages. */
export function notS3({ storage, action, key }: StorageRequest, detail: string): StorageError {
  const { endpoint, names = variableNames } = storage;
  return new StorageError(
    'STORAGE_FAILED',
    `${new URL(endpoint).host} is not an S3 endpoint: the attempt to ${attemptOf({ action, key })} was answered ${detail}. ` +
      `Check ${names.endpoint}, and whether this network requires a login in the browser.`,
    { retryable: true },
  );
}

/** The error for bytes whose MD5 differs from their ETag. */
export function arrivedDamaged(
  { key, etag }: { readonly key: string; readonly etag: string },
  md5: string,
): StorageError {
  return new StorageError(
    'BROKEN_TRANSFER',
    `"${key}" did not arrive as it is in R2: the MD5 of what came is ${md5}, and its ETag is ${etag}. Try again; ` +
      'if it persists, look for what changes bytes between here and R2 (a proxy, memory).',
    { retryable: true },
  );
}

function strangeAnswer(error: StrangeAnswer, request: StorageRequest): StorageError {
  const { kind, status, message } = error;
  if (kind === 'page') return notS3(request, `${message} (${status})`);
  const { endpoint, names = variableNames } = request.storage;
  return new StorageError(
    'BROKEN_TRANSFER',
    `R2 at ${new URL(endpoint).host} answered the attempt to ${attemptOf(request)} with ${status}, but ${message}. ` +
      `Try again; if it persists, check ${names.endpoint}.`,
    { cause: error, retryable: true },
  );
}

/**
 * The error for an object that is not (or no longer) the one that was examined; `detail` says how
 * that is known.
 */
export function changedMeanwhile(
  key: string,
  detail: string,
  options?: ErrorOptions,
): StorageError {
  return new StorageError(
    'PRECONDITION_FAILED',
    `The object "${key}" was changed by another process meanwhile (${detail}). Run it again.`,
    options,
  );
}

function byCode(
  error: SdkError,
  status: number,
  request: StorageRequest,
): StorageError | undefined {
  const { bucket, names = variableNames } = request.storage;
  const options = { cause: error };
  switch (error.name) {
    case 'NoSuchBucket':
      return new StorageError(
        'BUCKET_NOT_FOUND',
        `The bucket "${bucket}" does not exist in this account. Check ${names.bucket}, ${names.accountId} and ${names.jurisdiction}.`,
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
        `R2 does not know the access key (${status}). Check R2_ACCESS_KEY_ID and ${names.accountId}; ` +
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
      return changedMeanwhile(request.key, `${status}`, options);
    case 'BadDigest':
      return new StorageError(
        'BROKEN_TRANSFER',
        `"${request.key}" did not arrive in R2 as it was sent (${status}, Content-MD5 differs). ` +
          'Try again, and do not change the file during the upload.',
        { ...options, retryable: true },
      );
    case 'NoSuchUpload':
      return new StorageError(
        'STORAGE_FAILED',
        `The multipart upload of "${request.key}" was aborted by another process meanwhile (${status}). Upload it again.`,
        options,
      );
    default:
      return undefined;
  }
}

/**
 * How far a signature may be from S3's time, in milliseconds
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed).
 */
const MOST_SKEW_MS = 15 * 60_000;

/**
 * The error of a refusal without a reason, as of a HEAD, whose answer has no body: the clock, if it
 * is further off than S3 accepts.
 */
function byClock(
  error: SdkError,
  status: number,
  { action, key, storage: { bucket } }: StorageRequest,
): StorageError | undefined {
  const { date = '', age } = error.$response?.headers ?? {};
  const there = Date.parse(date);
  // An answer from a cache tells the time at which it was made.
  const isSkewed = age === undefined && Math.abs(there - Date.now()) > MOST_SKEW_MS;
  if (!isRefusal(status) || !isSkewed || wordsOf(error)) return undefined;
  return new StorageError(
    'CLOCK_SKEWED',
    `R2 rejected the request (${status}) without a reason, but this machine's clock is wrong ` +
      `(${new Date().toISOString()} here, ${new Date(there).toISOString()} there). Set the clock; ` +
      `if that does not help, the R2 API token may not ${action} "${key}" in the bucket "${bucket}".`,
    { cause: error },
  );
}

function byStatus(error: SdkError, status: number, request: StorageRequest): StorageError {
  const { bucket, names = variableNames } = request.storage;
  const options = { cause: error };
  const unseen = unseenEnds(request.key);
  if (status === 404)
    return new StorageError(
      'OBJECT_NOT_FOUND',
      `404 Not Found: there is no object "${request.key}" in the bucket "${bucket}". ${unseen ? `${unseen}. ` : ''}Check ${names.key} and ${names.bucket}.`,
      options,
    );
  if (status === 412) return changedMeanwhile(request.key, '412', options);
  if (status === 401 || status === 403)
    return new StorageError(
      'ACCESS_DENIED',
      `${status} ${status === 403 ? 'Forbidden' : 'Unauthorized'}: the R2 API token may not ${request.action} ` +
        `${request.key === '' ? '' : `"${request.key}" in `}the bucket "${bucket}". Give it "Object Read & Write" on that bucket, or check ${names.bucket}.`,
      options,
    );
  if (status === 501) return notImplemented(error, request);
  return new StorageError(
    'STORAGE_FAILED',
    `R2 answered ${status}${wordsOf(error)} on the attempt to ${attemptOf(request)}. ${remedyOf(status, names)}`,
    {
      ...options,
      retryable: isRetryableStatus(status),
      retryAfterMs: waitAfter(error, status, request),
    },
  );
}

function remedyOf(status: number, { endpoint }: StorageNames): string {
  if (status === 429) return 'Too many requests: try again later, with fewer at a time.';
  if (status >= 500) return "Try again later; see Cloudflare's status page.";
  return isRetryableStatus(status) ? 'Try again later.' : `Check ${endpoint}.`;
}

/**
 * R2 accepts one write per second and key (https://developers.cloudflare.com/r2/platform/limits/);
 * a little more, so that two do not meet again.
 */
const BETWEEN_WRITES_MS = 1_000;

/** How long R2 wants a pause, in milliseconds, if known. */
function waitAfter(
  error: SdkError,
  status: number,
  { action }: StorageRequest,
): number | undefined {
  const asked = parseRetryAfter(error.$response?.headers?.['retry-after']);
  // Other servers use this name.
  const isTooMuch = status === 429 || error.name === 'SlowDown';
  if (!isTooMuch || action !== 'write') return asked;
  return Math.max(asked ?? 0, BETWEEN_WRITES_MS * (1 + Math.random() / 2));
}

/** An unsupported feature will not appear in a moment. */
function notImplemented(error: SdkError, request: StorageRequest): StorageError {
  const { endpoint, names = variableNames } = request.storage;
  const perhaps = request.header
    ? `something (perhaps the header ${request.header})`
    : 'what it was asked';
  const what = error.Header ? `the header ${error.Header}` : perhaps;
  return new StorageError(
    'STORAGE_FAILED',
    `The server at ${new URL(endpoint).host} does not support ${what}, which the attempt to ${attemptOf(request)} ` +
      `needs (501${wordsOf(error).replace(/^ \(/, ', ').replace(/\)$/, '')}). R2 does; check ${names.endpoint}.`,
    { cause: error },
  );
}

/** A failure before anything was sent: the same request will fail again. */
function requestError(error: unknown, request: StorageRequest): StorageError {
  const { names = variableNames } = request.storage;
  return new StorageError(
    'STORAGE_FAILED',
    `The request to ${attemptOf(request)} could not be made: ${messageOf(error)}. ` +
      `Check ${names.bucket}, the keys of the R2 API token and the object key for stray characters.`,
    { cause: error },
  );
}

/** R2's own words, if any; not the SDK's about an unreadable answer. */
function wordsOf({ message }: Error): string {
  return !message || message === 'UnknownError' || /deserializ|parse error/i.test(message)
    ? ''
    : ` ${inParentheses(message)}`;
}
