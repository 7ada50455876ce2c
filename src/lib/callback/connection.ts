import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection to a callback's receiver, opened before there is anything to send. */
export interface Connection {
  /** Starts to connect. Errors are not reported: the request then opens its own connection. */
  open(): void;
  /**
   * The open or opening connection, for one request; undefined if there is none or it was closed.
   */
  take(): Socket | undefined;
  /** Closes an unused connection; no further one is opened. */
  close(): void;
}

/** Prepares a connection to the address's host; nothing happens before `open`. */
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
  // A URL puts brackets around an IPv6 address.
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return connectTcp({ host, port: Number(port || 80) });
  const name = isIP(host) ? {} : { servername: host };
  return connectTls({ host, port: Number(port || 443), ...name });
}
