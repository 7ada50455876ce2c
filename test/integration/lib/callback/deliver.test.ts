import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deliverCallback } from '../../../../src/lib/callback/deliver.ts';
import { CallbackError } from '../../../../src/lib/errors.ts';
import { startTlsFront } from '../../../support/tls-front.ts';

const policy = { attempts: 3, baseDelayMs: 1, maxDelayMs: 1 };
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A callback to a receiver that does what it is told. */
async function requestTo(receiver: RequestListener) {
  const server = createServer(receiver);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback?token=1`;
  return {
    settings: { url },
    body: '{"status":"error"}',
    id: 'msg_1',
    userAgent: 'arke-tiff/test',
  };
}

describe('a delivery', () => {
  it('is complete with a 2xx, even if its body never ends', async () => {
    const request = await requestTo((_, answer) => answer.writeHead(202).write('thank'));
    // Far longer than the test may take: waiting for the body would fail it.
    const delivery = await deliverCallback(request, { policy, attemptTimeoutMs: 1_000_000 });
    expect(delivery).toEqual({ status: 202, body: 'thank', attempts: 1 });
  });

  it('that is never answered is given up after its time, and tried again', async () => {
    const request = await requestTo(() => {});
    // Not what the receiver sees: on a busy machine an attempt is over before it arrives.
    const attempts: number[] = [];
    const onAttempt = (attempt: number) => attempts.push(attempt);
    const failing = deliverCallback(request, { policy, attemptTimeoutMs: 50, onAttempt });
    await expect(failing).rejects.toThrow('no answer within 0.05 s');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('reports status and body of a refusal, and the URL without its query', async () => {
    const request = await requestTo((_, answer) => answer.writeHead(422).end('no such field'));
    const failure = await deliverCallback(request, { policy }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CallbackError);
    expect(failure).toMatchObject({ answer: { status: 422, body: 'no such field' } });
    expect(String(failure)).not.toContain('token');
  });

  it('whose answer would switch the protocol has failed, and is retried', async () => {
    let attempts = 0;
    const request = await requestTo(({ socket }) => {
      attempts++;
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h\r\n\r\n');
    });
    const failing = deliverCallback(request, { policy });
    await expect(failing).rejects.toThrow('the connection was closed without an answer');
    expect(attempts).toBe(3);
  });

  it.each([
    ['as of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nthanks'],
    ['up to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nthanks'],
    ['that breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nthanks'],
    ['after a hint', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\nthanks'],
  ])('is complete with an answer %s', async (_, answer) => {
    const request = await requestTo(({ socket }) => socket.end(answer));
    const delivery = await deliverCallback(request, { policy });
    expect(delivery).toEqual({ status: 200, body: 'thanks', attempts: 1 });
  });

  it('uses https, however the URL spells it', async () => {
    const request = await requestTo((_, answer) => answer.end());
    const url = request.settings.url.replace('http:', ' HTTPS:');
    const failing = deliverCallback({ ...request, settings: { url } }, { policy });
    await expect(failing).rejects.toThrow('EPROTO');
  });

  it('ends at once when it is told to stop', async () => {
    const controller = new AbortController();
    const request = await requestTo(() => controller.abort(new Error('stop')));
    const stopped = deliverCallback(request, { policy, signal: controller.signal });
    await expect(stopped).rejects.toThrow('stop');
  });
});

describe('a delivery that is stopped', () => {
  const controllers = () => {
    const controller = new AbortController();
    return { stop: () => controller.abort(new Error('stop')), signal: controller.signal };
  };

  it('before anything was sent is not ambiguous', async () => {
    const { stop, signal } = controllers();
    await using front = await startTlsFront(
      'the handshake is never answered',
      'http://127.0.0.1',
      stop,
    );
    let lost = 0;
    const request = { settings: { url: front.url }, body: '{}', id: 'msg_1', userAgent: 'test' };
    const onLost = () => lost++;
    await expect(deliverCallback(request, { policy, signal, onLost })).rejects.toThrow('stop');
    expect(lost).toBe(0);
  });

  it('while it waits to retry is not ambiguous, and sends nothing more', async () => {
    const { stop, signal } = controllers();
    let [lost, arrived] = [0, 0];
    const request = await requestTo((_, answer) => {
      arrived++;
      answer.writeHead(503).end();
    });
    const onLost = () => lost++;
    const mayRepeat = async () => stop();
    const stopped = deliverCallback(request, { policy, signal, onLost, mayRepeat });
    await expect(stopped).rejects.toThrow('stop');
    expect([lost, arrived]).toEqual([0, 1]);
  });

  it('after all was sent is ambiguous', async () => {
    const { stop, signal } = controllers();
    let lost = 0;
    const request = await requestTo((incoming) => incoming.resume().on('end', stop));
    const onLost = () => lost++;
    await expect(deliverCallback(request, { policy, signal, onLost })).rejects.toThrow('stop');
    expect(lost).toBe(1);
  });
});
