import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ArkeError, systemCodeOf } from '../lib/errors.ts';

/** The only address that everything listens on: this machine's own. */
export const LOOPBACK = '127.0.0.1';

/**
 * Makes a server listen on this machine only.
 *
 * @param port 0 for one chosen by the system
 * @param what what is served there, for the error
 * @returns the port
 * @throws ArkeError `PORT_TAKEN`
 */
export async function listenOnLoopback(
  server: Pick<Server, 'listen' | 'once' | 'off' | 'address'>,
  port: number,
  what: string,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, LOOPBACK, resolve);
  try {
    await promise;
  } catch (error) {
    throw systemCodeOf(error) === 'EADDRINUSE' ? portTaken(port, what, error) : error;
  } finally {
    server.off('error', reject);
  }
  return (server.address() as AddressInfo).port;
}

/** Closes a server and its connections, including waiting ones. */
export async function closeServer(
  server: Pick<Server, 'close' | 'closeAllConnections'>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

function portTaken(port: number, what: string, cause: unknown): ArkeError {
  return new ArkeError(
    'PORT_TAKEN',
    `Port ${port}, for ${what}, is in use, perhaps by another "arke-tiff dev". ` +
      'Stop it, or choose another --port (page and R2 use the next two; 0 takes three free ports).',
    { cause },
  );
}
