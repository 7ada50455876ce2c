import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection to a callback's receiver that is opened before there is anything to send. */
export interface Connection {
  /** Begins to connect; what goes wrong is told by nobody: the request then opens its own. */
  open(): void;
  /** The connection, open or about to be, for one request; undefined when there is none, or it was closed. */
  take(): Socket | undefined;
  /** Closes it when nobody took it; none is opened any more. */
  close(): void;
}

/** Prepares for a connection to the address's host; nothing happens before `open`. */
export function prepareConnection(url: string): Connection {
  let socket: Socket | undefined;
  let done = false;
  return {
    open() {
      if (done) return;
      socket ??= connect(new URL(url)).on('error', () => {});
    },
    take() {
      const taken = socket?.destroyed || socket?.readableEnded ? undefined : socket;
      socket = undefined;
      done = true;
      return taken;
    },
    close() {
      done = true;
      socket?.destroy();
    },
  };
}

function connect({ protocol, hostname, port }: URL): Socket {
  // An address of IPv6 has brackets in a URL.
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return connectTcp({ host, port: Number(port || 80) });
  const name = isIP(host) ? {} : { servername: host };
  return connectTls({ host, port: Number(port || 443), ...name });
}
