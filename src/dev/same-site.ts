import type { IncomingHttpHeaders } from 'node:http';

/** What of a request tells who made the browser send it. */
export interface Sender {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The address that a request is for, its dots resolved; `null` for what is no path of this server. Its host
 * says nothing: that is in the headers.
 */
export function addressOf(url: string | undefined): URL | null {
  return url?.startsWith('/') ? URL.parse(`http://127.0.0.1${url}`) : null;
}

/**
 * Whether the Host header names this machine and this port. A page whose name was bound to 127.0.0.1
 * after it was loaded (DNS rebinding) comes with a name of its own.
 */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return NAMES.some((name) => host === `${name}:${port}`);
}

/**
 * Whether a request that changes something comes from our own page: somebody else's page can send
 * one, too, but not under our Origin. Browsers that send no Origin say where it comes from otherwise.
 */
export function isOwnPage({ headers }: Sender): boolean {
  const { origin, host } = headers;
  if (origin !== undefined) return origin === `http://${host}`;
  return headers['sec-fetch-site'] === 'same-origin';
}

/** Whether a request only looks. */
export function isReading({ method }: Sender): boolean {
  return method === 'GET' || method === 'HEAD';
}
