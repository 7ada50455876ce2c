import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { selfSignedCertificate } from './certificate.ts';

/** How a server that is asked by TLS behaves. */
export type TlsMode =
  | 'a certificate that is trusted'
  | 'a certificate that nobody trusts'
  | 'a certificate that has expired'
  | 'a certificate of another host'
  | 'the handshake is broken off'
  | 'the handshake is never answered'
  | 'an old version of TLS'
  | 'no TLS';

/** A server that stands before another one and speaks TLS, or does not. */
interface TlsFront extends AsyncDisposable {
  readonly url: string;
  /** Its certificate, as `NODE_EXTRA_CA_CERTS` takes it. */
  readonly certificate: string;
}

/** Starts such a server on localhost; `onConnection` is told of each connection. */
export async function startTlsFront(
  mode: TlsMode,
  target: string,
  onConnection: () => void,
): Promise<TlsFront> {
  const { hostname, port, pathname } = new URL(target);
  const certificate = selfSignedCertificate({
    expired: mode === 'a certificate that has expired',
    host: mode === 'a certificate of another host' ? 'elsewhere' : 'localhost',
  });
  const sockets = new Set<Socket>();
  const remember = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  };
  const pass = (socket: Socket) => {
    const behind = connect(Number(port), hostname);
    for (const one of [socket, behind]) remember(one);
    socket.pipe(behind).pipe(socket);
  };
  const servers: Partial<Record<TlsMode, () => Server>> = {
    'the handshake is broken off': () => createServer((socket) => socket.destroy()),
    'the handshake is never answered': () => createServer(),
    'an old version of TLS': () =>
      createTlsServer({ ...certificate, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, pass),
    'no TLS': () => createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  };
  const server = servers[mode]?.() ?? createTlsServer(certificate, pass);
  server.on('connection', (socket: Socket) => {
    onConnection();
    remember(socket);
  });
  // What TLS refuses is the other side's to tell.
  server.on('tlsClientError', () => {});
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${own}${pathname.replace(/\/$/, '')}`,
    certificate: certificate.cert,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
