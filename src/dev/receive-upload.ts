import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf, reasonOf, systemCodeOf } from '../lib/errors.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../lib/tiff-signature.ts';
import { RefusedRequest } from './refused-request.ts';

/** What is uploaded, on the disk for as long as it is used. */
export interface ReceivedUpload {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Saves the body of a request to a file, has it used, and removes it, however that ends. Throws
 * `RefusedRequest` when it is empty (400), too large (413), no TIFF (415) or cannot be saved (507).
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
    // Not destroyed when something is wrong with it: the connection is needed to say so.
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
      throw new RefusedRequest(507, `There is no room for it: ${reasonOf(error)}.`);
    throw new RefusedRequest(400, `The upload broke off: ${messageOf(error)}. Send it again.`);
  }
}

/** The body as it comes, until something is wrong with it. */
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
  if (counted.size === 0) throw new RefusedRequest(400, 'It is empty: there is no TIFF in it.');
  refuseOthers(head);
}

function refuseOthers(head: Uint8Array): void {
  if (!isTiffSignature(head))
    throw new RefusedRequest(
      415,
      'It is not a TIFF: it does not begin as one. Only TIFFs are converted.',
    );
}

function tooLarge(mostBytes: number): RefusedRequest {
  const megabytes = Math.floor(mostBytes / 1024 / 1024);
  return new RefusedRequest(
    413,
    `It is larger than ${megabytes} MB, the most that is taken. Start again with a larger --max-upload-mb.`,
  );
}
