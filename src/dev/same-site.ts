import type { IncomingHttpHeaders } from 'node:http';

/** The parts of a request that show who made the browser send it. */
export interface Sender {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The requested address with its dots resolved; `null` if it is not a path of this server. Its host
 * is ignored; the header has it.
 */
export function addressOf(url: string | undefined): URL | null {
  return url?.startsWith('/') ? URL.parse(`http://127.0.0.1${url}`) : null;
}

/**
 * Whether the Host header names this machine and port. A page whose name was bound to 127.0.0.1
 * after loading (DNS rebinding) sends its own name.
 */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return NAMES.some((name) => host === `${name}:${port}`);
}

/**
 * Whether a request that changes something comes from our own page: another page can send one too,
 * but not with our Origin. Browsers that send no Origin state the source otherwise.
 */
export function isOwnPage({ headers }: Sender): boolean {
  const { origin, host } = headers;
  if (origin !== undefined) return origin === `http://${host}`;
  return headers['sec-fetch-site'] === 'same-origin';
}

/** Whether a request only reads. */
export function isReading({ method }: Sender): boolean {
  return method === 'GET' || method === 'HEAD';
}
