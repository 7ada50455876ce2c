import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPageServer } from '../../../src/dev/page-server.ts';
import { startStorageProxy } from '../../../src/dev/storage-proxy.ts';

let taken: Server;
let port: number;
beforeAll(async () => {
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  ({ port } = taken.address() as AddressInfo);
});
afterAll(() => taken.close());

it('a port in use is named, with the server that needs it', async () => {
  await expect(startPageServer(port)).rejects.toThrow(`Port ${port}, for the page, is in use`);
  const proxy = startStorageProxy({ target: 'http://127.0.0.1:9/s3', port, fault: () => null });
  await expect(proxy).rejects.toThrow(`Port ${port}, for R2, is in use`);
});
