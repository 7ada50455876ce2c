import { beforeAll, describe, expect, it } from 'vitest';
import { openRangedReader } from '../../../../src/lib/storage/ranged-reader.ts';
import { type FaultOf, once } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { distinctBytes, MIB, quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const KEY = 'ranged/object.bin';
const KIB = 1024;
let bytes: Buffer;
beforeAll(async () => {
  bytes = distinctBytes(3 * MIB + 123);
  await sandbox.current.putObject(KEY, bytes);
  await sandbox.current.putObject('ranged/empty', Buffer.alloc(0));
});

/** Reads pieces of the object, and what was asked of R2 for it. */
async function readPieces(
  pieces: readonly (readonly [position: number, length: number])[],
  faultOf: FaultOf = () => undefined,
  key = KEY,
) {
  await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
  return await withStorage(sandbox.current, server.url, async (storage) => {
    const reader = await openRangedReader(storage, key, { policy: quickRetry });
    const read: Buffer[] = [];
    for (const [position, length] of pieces) {
      const buffer = Buffer.alloc(length + 2);
      const { bytesRead } = await reader.read(buffer, 1, length, position);
      read.push(buffer.subarray(1, 1 + bytesRead));
    }
    const asked = server.seen.map(({ headers }) => [headers['range'], headers['if-match']]);
    return { info: reader.info, read, asked, sent: server.bytesSent() };
  });
}

describe('an object that is read in pieces', () => {
  it('gives the bytes that were asked for, wherever they are', async () => {
    const pieces = [
      [0, 8],
      [16 * KIB - 4, 8],
      [MIB + 5, 100_000],
      [bytes.length - 10, 10],
      [7, 1],
      [0, bytes.length],
    ] as const;
    const { read } = await readPieces(pieces);
    for (const [i, [position, length]] of pieces.entries())
      expect(read[i]?.equals(bytes.subarray(position, position + length))).toBe(true);
  });

  it('gives fewer at its end, and none after it', async () => {
    const { read } = await readPieces([
      [bytes.length - 3, 10],
      [bytes.length + 5, 10],
    ]);
    expect(read[0]?.equals(bytes.subarray(-3))).toBe(true);
    expect(read[1]).toHaveLength(0);
  });

  it('transfers blocks of 16 KiB, each once, all of the first version', async () => {
    const { info, asked, sent } = await readPieces([
      [0, 8],
      [MIB, 100],
      [MIB + 200, 100],
      [100, 16 * KIB],
      [MIB, 100],
    ]);
    expect(info).toMatchObject({ size: bytes.length, etag: expect.stringMatching(/^".+"$/) });
    expect(asked).toEqual([
      [`bytes=0-${16 * KIB - 1}`, undefined],
      [`bytes=${MIB}-${MIB + 16 * KIB - 1}`, info.etag],
      [`bytes=${16 * KIB}-${32 * KIB - 1}`, info.etag],
    ]);
    expect(sent).toBeLessThan(3 * 16 * KIB + 4 * KIB);
  });

  it('resumes where a piece broke off', async () => {
    const { read, asked } = await readPieces(
      [[MIB, 16 * KIB]],
      once({ cutAfter: 1_000 }, ({ headers }) => headers['range'] !== `bytes=0-${16 * KIB - 1}`),
    );
    expect(read[0]?.equals(bytes.subarray(MIB, MIB + 16 * KIB))).toBe(true);
    expect(asked.at(-1)?.[0]).toBe(`bytes=${MIB + 1_000}-${MIB + 16 * KIB - 1}`);
  });

  it('may be empty', async () => {
    const { info, read } = await readPieces([[0, 10]], undefined, 'ranged/empty');
    expect(info.size).toBe(0);
    expect(read[0]).toHaveLength(0);
  });

  it('is an error when there is none', async () => {
    await expect(readPieces([], undefined, 'ranged/lost')).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    });
  });

  it('is an error when it is replaced meanwhile: never a mixture of both', async () => {
    const key = 'ranged/replaced';
    await sandbox.current.putObject(key, bytes);
    await withStorage(sandbox.current, sandbox.current.endpoint, async (storage) => {
      const reader = await openRangedReader(storage, key, { policy: quickRetry });
      await sandbox.current.putObject(key, distinctBytes(bytes.length, 2));
      await expect(reader.read(Buffer.alloc(8), 0, 8, MIB)).rejects.toMatchObject({
        code: 'PRECONDITION_FAILED',
      });
    });
  });
});
