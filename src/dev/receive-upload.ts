import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf, reasonOf, systemCodeOf } from '../lib/errors.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../lib/tiff-signature.ts';
import { RefusedRequest } from './refused-request.ts';

/** An upload, on disk while it is used. */
export interface ReceivedUpload {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Saves a request's body to a file, calls `use`, and removes the file in any case. Throws
 * `RefusedRequest` if it is empty (400), too large (413), not a TIFF (415) or cannot be saved
 * (507).
 */
export async function withUpload<T>(
  request: IncomingMessage,
  folder: string,
  mostBytes: number,
  use: (upload: ReceivedUpload) => Promise<T>,
): Promise<T> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const path = join(folder, randomUUID());
  const counted = { size: 0 };
  try {
    // Not destroyed on errors: the connection is needed to report them.
    const body = request.iterator({ destroyOnReturn: false });
    await save(body, path, mostBytes, counted);
    return await use({ path, size: counted.size });
  } finally {
    await rm(path, { force: true });
  }
}

async function save(
  request: AsyncIterable<Uint8Array>,
  path: string,
  mostBytes: number,
  counted: { size: number },
): Promise<void> {
  try {
    await pipeline(checked(request, mostBytes, counted), createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    if (error instanceof RefusedRequest) throw error;
    if (systemCodeOf(error) === 'ENOSPC')
      throw new RefusedRequest(507, `Not enough disk space: ${reasonOf(error)}.`);
    throw new RefusedRequest(400, `The upload was interrupted: ${messageOf(error)}. Try again.`);
  }
}

/** The body as it arrives, until a check fails. */
async function* checked(
  body: AsyncIterable<Uint8Array>,
  mostBytes: number,
  counted: { size: number },
): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  for await (const chunk of body) {
    counted.size += chunk.length;
    if (counted.size > mostBytes) throw tooLarge(mostBytes);
    if (head.length < TIFF_SIGNATURE_LENGTH) {
      head = Buffer.concat([head, chunk.subarray(0, TIFF_SIGNATURE_LENGTH)]);
      if (head.length >= TIFF_SIGNATURE_LENGTH) refuseOthers(head);
    }
    yield chunk;
  }
  if (counted.size === 0) throw new RefusedRequest(400, 'The file is empty, not a TIFF.');
  refuseOthers(head);
}

function refuseOthers(head: Uint8Array): void {
  if (!isTiffSignature(head))
    throw new RefusedRequest(
      415,
      'It is not a TIFF: it has no TIFF header. Only TIFFs are converted.',
    );
}

function tooLarge(mostBytes: number): RefusedRequest {
  const megabytes = Math.floor(mostBytes / 1024 / 1024);
  return new RefusedRequest(
    413,
    `It is larger than ${megabytes} MB, the limit. Start again with a larger --max-upload-mb.`,
  );
}
