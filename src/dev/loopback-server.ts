import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ArkeError, systemCodeOf } from '../lib/errors.ts';

/** The one address that everything here listens at: this machine's own. */
export const LOOPBACK = '127.0.0.1';

/**
 * Makes a server listen on this machine only.
 *
 * @param port 0 for one of the system's choice
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

/** Ends a server and the connections it has, those that wait for something included. */
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
    `Port ${port}, for ${what}, is taken by another program; perhaps another "arke-tiff dev" runs. ` +
      'End that, or choose other ports with --port (the page and R2 are at the two ports after it; 0 for free ones).',
    { cause },
  );
}
