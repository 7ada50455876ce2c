import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fileMd5 } from '../../../../src/lib/storage/file-md5.ts';

const PIECE = 1000;
const bytes = Buffer.from(Array.from({ length: 9 * PIECE + 1 }, (_, i) => (i * 7) % 251));
const md5 = (content: Uint8Array) => createHash('md5').update(content).digest('hex');

/** A file that is written piece by piece in an order, and how many bytes of it were read back. */
async function written(order: readonly number[], first: Uint8Array = bytes) {
  const file = Buffer.alloc(bytes.length);
  let readBack = 0;
  const running = fileMd5(async (buffer, position) => {
    readBack += buffer.length;
    file.copy(buffer, 0, position, position + buffer.length);
  });
  const seen = new Set<number>();
  for (const at of order) {
    const from = seen.has(at) || !order.slice(order.indexOf(at) + 1).includes(at) ? bytes : first;
    seen.add(at);
    const piece = from.subarray(at * PIECE, (at + 1) * PIECE);
    file.set(piece, at * PIECE);
    running.wrote([piece.subarray(0, 10), piece.subarray(10)], at * PIECE);
    if (at % 3 === 0) await new Promise(setImmediate);
  }
  return { digest: await running.digest(), readBack };
}

describe('the MD5 of a file while it is written', () => {
  it('hashes bytes that arrive in order as they arrive', async () => {
    const order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(await written(order)).toEqual({ digest: md5(bytes), readBack: 0 });
  });

  it.each([
    [[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [[3, 0, 6, 1, 4, 7, 2, 5, 8, 9]],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 0]],
    [[0, 2, 1, 4, 3, 6, 5, 8, 7, 9]],
  ])('reads back what arrived out of order: %j', async (order) => {
    expect((await written(order)).digest).toBe(md5(bytes));
  });

  it('is that of what was written last', async () => {
    const wrong = Buffer.alloc(bytes.length, 1);
    expect((await written([0, 1, 2, 3, 4, 0, 1, 5, 6, 7, 8, 9], wrong)).digest).toBe(md5(bytes));
  });

  it('is that of what was written last, also while that very piece is read back', async () => {
    const file = Buffer.alloc(20);
    const reads: (() => void)[] = [];
    const running = fileMd5(async (buffer, position) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      reads.push(resolve);
      file.copy(buffer, 0, position, position + buffer.length);
      await promise;
    });
    const write = (text: string, at: number) => {
      file.write(text, at);
      running.wrote([Buffer.from(text)], at);
    };
    write('wrong-----', 10);
    write('0123456789', 0);
    // What lies from 10 on has been read, but not taken yet.
    expect(reads).toHaveLength(1);
    write('right', 10);
    const digest = running.digest();
    while (reads.length > 0) {
      reads.shift()?.();
      await new Promise(setImmediate);
    }
    expect(await digest).toBe(md5(Buffer.from('0123456789right-----')));
  });

  it('reports what cannot be read', async () => {
    const running = fileMd5(() => Promise.reject(new Error('no disk')));
    running.wrote([bytes.subarray(5)], 5);
    running.wrote([bytes.subarray(0, 5)], 0);
    await expect(running.digest()).rejects.toThrow('no disk');
  });

  it('of nothing is that of no bytes', async () => {
    expect(await fileMd5(() => Promise.reject(new Error('unread'))).digest()).toBe(
      md5(Buffer.alloc(0)),
    );
  });
});
