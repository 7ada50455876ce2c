import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { openRegularFile } from '../../../regular-file.ts';

/** The most bytes of a segment besides marker and length (ITU-T T.81, B.1.1.4). */
export const MAX_SEGMENT_BYTES = 65_533;

/** SOI, the beginning of a JPEG. */
const START_BYTES = 2;
const APP0 = 0xe0;
const COPY_BYTES = 1024 ** 2;

/** An application segment (APP0 to APP15). Throws `RangeError` if the content does not fit. */
export function appSegment(number: number, ...content: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(content);
  if (payload.length > MAX_SEGMENT_BYTES) throw new RangeError('too large for a JPEG segment');
  const head = Buffer.from([0xff, APP0 + number, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

/**
 * Inserts segments at the beginning of a JPEG file, in place and in constant memory. If it fails,
 * or the process ends, the file is no longer a JPEG. Throws what reading and writing throw.
 */
export async function insertSegments(path: string, segments: readonly Uint8Array[]): Promise<void> {
  const inserted = Buffer.concat(segments);
  if (inserted.length === 0) return;
  const file = await openRegularFile(path, constants.O_RDWR);
  try {
    await moveTail(file, START_BYTES, inserted.length);
    await writeAll(file, inserted, START_BYTES);
  } finally {
    await file.close();
  }
}

/**
 * Moves everything after a position towards the end, last bytes first, so that nothing is
 * overwritten unread.
 */
async function moveTail(file: FileHandle, from: number, by: number): Promise<void> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, size));
  for (let end = size; end > from; ) {
    const length = Math.min(buffer.length, end - from);
    await readAll(file, buffer.subarray(0, length), end - length);
    await writeAll(file, buffer.subarray(0, length), end - length + by);
    end -= length;
  }
}

async function readAll(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('The JPEG was shortened while metadata were added');
    done += bytesRead;
  }
}

async function writeAll(file: FileHandle, from: Buffer, position: number): Promise<void> {
  for (let done = 0; done < from.length; ) {
    const { bytesWritten } = await file.write(from, done, from.length - done, position + done);
    done += bytesWritten;
  }
}
