import type { IncomingMessage } from 'node:http';
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';

/** A body, and what goes with it. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the connection, also while the answer's body comes. */
  readonly signal: AbortSignal;
}

/**
 * POSTs a body once, over a connection of its own, and follows no redirect. Resolves with the answer's
 * headers; its body waits to be read or destroyed. Rejects with what Node.js says of the connection.
 *
 * By `node:http`, which R2's client has loaded already: the first use of `fetch` takes 40 ms of CPU
 * (docs/performance.md).
 */
export function post(url: string, { headers, body, signal }: Post): Promise<IncomingMessage> {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestByHttps : requestByHttp;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  request(target, { method: 'POST', agent: false, headers: { ...headers, ...length }, signal })
    .on('response', resolve)
    .on('error', reject)
    // An answer that would change the protocol (101) is neither of both: Node.js only hangs up.
    .on('close', () => reject(new Error('the connection was closed without an answer')))
    .end(body);
  return promise;
}
