import type { IncomingMessage } from 'node:http';
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { Socket } from 'node:net';

/** A body, and what goes with it. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the connection, also while the answer's body comes. */
  readonly signal: AbortSignal;
  /** A connection to the address's host that nothing was sent over yet; without it one is opened. */
  readonly socket?: Socket | undefined;
  /** Called once all of it is on its way: what fails after that may have arrived. */
  readonly onSent?: (() => void) | undefined;
}

/**
 * POSTs a body once, over a connection of its own, and follows no redirect. Resolves with the answer's
 * headers; its body waits to be read or destroyed. Rejects with what Node.js says of the connection.
 *
 * By `node:http`, which R2's client has loaded already: the first use of `fetch` takes 40 ms of CPU
 * (docs/performance.md).
 */
export function post(
  url: string,
  { headers, body, signal, socket, onSent }: Post,
): Promise<IncomingMessage> {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestByHttps : requestByHttp;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  const over = socket ? { createConnection: () => socket } : { agent: false };
  request(target, { method: 'POST', ...over, headers: { ...headers, ...length }, signal })
    .on('finish', () => onSent?.())
    .on('response', resolve)
    .on('error', reject)
    // An answer that would change the protocol (101) is neither of both: Node.js only hangs up.
    .on('close', () => reject(new Error('the connection was closed without an answer')))
    .end(body);
  return promise;
}
