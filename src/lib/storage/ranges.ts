import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { StorageError } from '../errors.ts';
import { type Body, receiveBody } from './body.ts';
import type { Storage } from './client.ts';
import { changedMeanwhile } from './errors.ts';
import { isSameEtag, isWeakEtag } from './etags.ts';
import { type ObjectInfo, type RequestAttempt, toObjectInfo } from './objects.ts';

/** Bytes of an object, from `start` to before `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** R2's answer to a ranged GET: which bytes of which version, and the bytes. */
export interface RangeAnswer extends ByteRange {
  /** Of the whole object. */
  readonly info: ObjectInfo;
  readonly body: Body;
}

/**
 * The largest range. 8 MiB take about 100 ms in a data centre, so an additional request costs
 * little, and most TIFFs have at least two ranges to download in parallel.
 */
export const RANGE_BYTES = 8 * 1024 * 1024;

/** Splits the bytes from `start` to `end` into equal ranges of at most `RANGE_BYTES`. */
export function splitRange({ start, end }: ByteRange): ByteRange[] {
  const count = Math.ceil((end - start) / RANGE_BYTES);
  // No range at all if there are no bytes.
  const length = Math.ceil((end - start) / Math.max(count, 1));
  return Array.from({ length: count }, (_, i) => ({
    start: start + i * length,
    end: Math.min(end, start + (i + 1) * length),
  }));
}

/**
 * Sends one ranged GET, with If-Match if a version is expected, and checks that the answer has the
 * requested bytes. A server without ranges may send everything. Throws `StorageError`
 * (`BROKEN_TRANSFER` for other bytes, `PRECONDITION_FAILED` for another version), and what the SDK
 * throws.
 */
export async function requestRange(
  storage: Storage,
  key: string,
  range: ByteRange,
  { watch }: RequestAttempt,
  expected?: ObjectInfo,
): Promise<RangeAnswer> {
  const { GetObjectCommand } = await import('./sdk.ts');
  const output = await storage.client.send(
    new GetObjectCommand({
      Bucket: storage.bucket,
      Key: key,
      Range: `bytes=${range.start}-${range.end - 1}`,
      // Weak ETags never match (RFC 9110, section 13.1.1); the answer still states its version.
      IfMatch: expected && !isWeakEtag(expected.etag) ? expected.etag : undefined,
    }),
    { abortSignal: watch.signal },
  );
  const body = receiveBody(output.Body as Readable);
  try {
    const { size, ...answered } = answeredRange(output, range, key);
    const info = { ...toObjectInfo(key, output), size };
    // For servers that ignore If-Match: two versions must not be mixed.
    if (expected && !isSameEtag(info.etag, expected.etag))
      throw changedMeanwhile(key, 'another ETag');
    if (expected && size !== expected.size)
      throw wrongAnswer(key, `an object of ${size} bytes, and it has ${expected.size}`);
    return { ...answered, info, body };
  } catch (error) {
    body.destroy();
    throw error;
  }
}

function answeredRange(
  { ContentRange, ContentLength, $metadata }: GetObjectCommandOutput,
  asked: ByteRange,
  key: string,
): ByteRange & { readonly size: number } {
  if ($metadata.httpStatusCode !== 206) {
    if (ContentLength === undefined) throw wrongAnswer(key, 'an object of unknown size');
    return { start: 0, end: ContentLength, size: ContentLength };
  }
  const [, start, last, size] = (/^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange ?? '') ?? []).map(
    Number,
  );
  if (start === undefined || last === undefined || size === undefined)
    throw wrongAnswer(key, `"${ContentRange}"`);
  const end = last + 1;
  if (start !== asked.start || end !== Math.min(asked.end, size))
    throw wrongAnswer(key, `"${ContentRange}" for bytes ${asked.start} to ${asked.end - 1}`);
  if (ContentLength !== undefined && ContentLength !== end - start)
    throw wrongAnswer(key, `"${ContentRange}" with ${ContentLength} bytes`);
  return { start, end, size };
}

function wrongAnswer(key: string, answer: string): StorageError {
  return new StorageError(
    'BROKEN_TRANSFER',
    `The download of "${key}" failed: R2 answered with ${answer}. Try again.`,
    { retryable: true },
  );
}
