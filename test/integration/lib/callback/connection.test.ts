import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareConnection } from '../../../../src/lib/callback/connection.ts';
import { deliverCallback } from '../../../../src/lib/callback/deliver.ts';

const policy = { attempts: 2, baseDelayMs: 1, maxDelayMs: 1 };
let statuses: number[];
let sockets: Socket[];
const server = createServer((_, answer) => answer.writeHead(statuses.shift() ?? 200).end());
server.on('connection', (socket) => sockets.push(socket));

beforeEach(async () => {
  statuses = [];
  sockets = [];
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
});

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;

const requestTo = (url: string) => ({
  settings: { url },
  body: '{"status":"error"}',
  id: 'msg_1',
  userAgent: 'arke-tiff/test',
});

/** A prepared connection that has arrived. */
async function opened(url: string) {
  const connection = prepareConnection(url);
  const arrived = once(server, 'connection');
  connection.open();
  await arrived;
  return connection;
}

describe('a connection that was opened beforehand', () => {
  it('carries the callback', async () => {
    const connection = await opened(address());
    const delivery = await deliverCallback(requestTo(address()), { policy, connection });
    expect(delivery).toMatchObject({ status: 200, attempts: 1 });
    expect(sockets).toHaveLength(1);
  });

  it('is opened once, and only when that is asked for', async () => {
    const connection = await opened(address());
    connection.open();
    await deliverCallback(requestTo(address()), { policy, connection });
    prepareConnection(address()).close();
    expect(sockets).toHaveLength(1);
  });

  it('carries the first attempt only', async () => {
    statuses = [503];
    const connection = await opened(address());
    const delivery = await deliverCallback(requestTo(address()), { policy, connection });
    expect(delivery.attempts).toBe(2);
    expect(sockets).toHaveLength(2);
  });

  it('costs no attempt if the receiver has closed it meanwhile', async () => {
    const connection = await opened(address());
    // Gone at both ends: that this program has seen it is what ends the receiver's side.
    const [socket] = sockets;
    socket?.end().resume();
    await once(socket as Socket, 'close');
    const delivery = await deliverCallback(requestTo(address()), { policy, connection });
    expect(delivery.attempts).toBe(1);
    expect(sockets).toHaveLength(2);
  });

  it('is no longer opened once it is not wanted', async () => {
    const connection = await opened(address());
    connection.close();
    connection.open();
    expect(connection.take()).toBeUndefined();
    await deliverCallback(requestTo(address()), { policy, connection });
    expect(sockets).toHaveLength(2);
  });

  it('that cannot be opened changes nothing: the callback opens its own', async () => {
    const url = address();
    server.close();
    await once(server, 'close');
    const connection = prepareConnection(url);
    connection.open();
    const failing = deliverCallback(requestTo(url), { policy, connection });
    await expect(failing).rejects.toThrow('ECONNREFUSED');
  });
});
