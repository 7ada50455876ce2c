import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Body, receiveBody } from '../../../../src/lib/storage/body.ts';
import { distinctBytes, MIB } from '../../../support/storage.ts';
import { until } from '../../../support/until.ts';

const all = distinctBytes(4 * MIB);
const PIECE = 60_000;

/** A body of 4 MiB, and how many bytes of it have been sent. */
function startBody() {
  let sent = 0;
  function* pieces() {
    for (let start = 0; start < all.length; start += PIECE) {
      const piece = all.subarray(start, start + PIECE);
      sent += piece.length;
      yield piece;
    }
  }
  const stream = Readable.from(pieces(), { objectMode: false });
  return { stream, body: receiveBody(stream), sent: () => sent };
}

async function bytesOf(body: Body): Promise<Buffer> {
  const bytes: Uint8Array[] = [];
  for await (const pieces of body.pieces) bytes.push(...pieces);
  return Buffer.concat(bytes);
}

describe('a body that is not read', () => {
  it('stops after a MiB, and continues when it is read', async () => {
    const { stream, body, sent } = startBody();
    await until(() => stream.isPaused());
    expect(sent()).toBeLessThan(2 * MIB);
    expect((await bytesOf(body)).equals(all)).toBe(true);
    expect(body.problem()).toBeUndefined();
  });

  it('delivers what had arrived when it breaks off, and then the reason', async () => {
    const { stream, body } = startBody();
    await until(() => stream.isPaused());
    stream.destroy(new Error('broken'));
    const bytes = await bytesOf(body);
    expect(bytes.length).toBeGreaterThanOrEqual(MIB);
    expect(bytes.equals(all.subarray(0, bytes.length))).toBe(true);
    expect(body.problem()).toMatchObject({ message: 'broken' });
  });

  it('delivers nothing once it is discarded', async () => {
    const { stream, body } = startBody();
    await until(() => stream.isPaused());
    body.destroy();
    expect(await bytesOf(body)).toHaveLength(0);
  });
});

describe('a body whose next bytes are waited for', () => {
  it.each<[string, (body: Body) => void]>([
    ['dropped', (body) => body.destroy()],
    ['aborted', (body) => body.abortOn(AbortSignal.abort(new Error('enough')))],
  ])('ends when it is %s', async (_, end) => {
    const body = receiveBody(new Readable({ read() {} }));
    const bytes = bytesOf(body);
    end(body);
    expect(await bytes).toHaveLength(0);
    expect(body.problem()).toBeInstanceOf(Error);
  });
});
