import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DelayProxy, type Link, startDelayProxy } from '../../../bench/delay-proxy.ts';

const BODY = Buffer.alloc(200_000, 'x');

/** When the server behind the proxy was asked, and what it was sent. */
interface Asked {
  readonly at: number;
  readonly path: string;
  readonly host: string | undefined;
  readonly body: Buffer;
}

const stack: AsyncDisposable[] = [];
let asked: Asked[];
let target: string;

beforeEach(async () => {
  asked = [];
  const server = createServer(async (incoming, answer) => {
    const at = performance.now();
    const { url: path = '', headers } = incoming;
    asked.push({ at, path, host: headers.host, body: await buffer(incoming) });
    answer.end(BODY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
  stack.push({
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
});

afterEach(async () => {
  for (const one of stack.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function proxyOf(link: Link): Promise<DelayProxy> {
  const proxy = await startDelayProxy(target, link);
  stack.push(proxy);
  return proxy;
}

const upload = (url: string, headers: Record<string, string>) =>
  new Promise<Buffer>((resolve, reject) => {
    const outgoing = request(url, { method: 'PUT', headers }, (reply: IncomingMessage) =>
      resolve(buffer(reply)),
    ).on('error', reject);
    if (headers['expect']) outgoing.on('continue', () => outgoing.end(BODY)).flushHeaders();
    else outgoing.end(BODY);
  });

describe('the proxy of the bench', () => {
  it('forwards requests and answers unchanged, Host included, and records them', async () => {
    const proxy = await proxyOf({ delayMs: 0 });
    const answer = await upload(`${proxy.url}/a?b=c`, { 'content-length': String(BODY.length) });
    expect(answer.equals(BODY)).toBe(true);
    const { host } = new URL(proxy.url);
    expect(asked).toMatchObject([{ path: '/base/a?b=c', host, body: BODY }]);
    expect(proxy.seen).toMatchObject([{ method: 'PUT', url: '/base/a?b=c' }]);
  });

  it('forwards a request only after its delay', async () => {
    const proxy = await proxyOf({ delayMs: 80 });
    await (await fetch(proxy.url)).bytes();
    // Timers may fire up to a millisecond early by the clock that measures them.
    expect((asked[0]?.at ?? 0) - (proxy.seen[0]?.at ?? 0)).toBeGreaterThan(78);
  });

  it('delays a body that waits for "100 Continue" once more', async () => {
    const proxy = await proxyOf({ delayMs: 80 });
    const headers = { expect: '100-continue', 'content-length': String(BODY.length) };
    const answer = await upload(proxy.url, headers);
    expect(answer.equals(BODY)).toBe(true);
    expect(asked[0]?.body.equals(BODY)).toBe(true);
    expect((asked[0]?.at ?? 0) - (proxy.seen[0]?.at ?? 0)).toBeGreaterThan(156);
  });

  it('limits the bytes per second of a connection, in both directions', async () => {
    const proxy = await proxyOf({ delayMs: 0, bytesPerSecond: 1_000_000 });
    const before = performance.now();
    await upload(proxy.url, { 'content-length': String(BODY.length) });
    // 0.2 s up and 0.2 s down, less what may be made up for.
    expect(performance.now() - before).toBeGreaterThan(380);
  });

  it('closes the connection when the server behind it does not answer', async () => {
    const proxy = await startDelayProxy('http://127.0.0.1:1', { delayMs: 0 });
    stack.push(proxy);
    await expect(fetch(proxy.url)).rejects.toThrow();
  });
});
