import type { IncomingMessage } from 'node:http';
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { Socket } from 'node:net';

/** A body and how to send it. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the connection, also while the answer's body arrives. */
  readonly signal: AbortSignal;
  /** An unused connection to the address's host; without it one is opened. */
  readonly socket?: Socket | undefined;
  /**
   * Called once the whole body is on its way: after that, a failed request may still have arrived.
   */
  readonly onSent?: (() => void) | undefined;
}

/**
 * POSTs a body once, over its own connection, without following redirects. Resolves with the
 * answer's headers; its body must be read or destroyed. Rejects with Node.js's connection error.
 *
 * Uses `node:http`, which R2's client has loaded already: the first use of `fetch` takes 40 ms of
 * CPU (docs/performance.md).
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
    // An answer that switches protocols (101) emits neither event: Node.js only closes the
    // connection.
    .on('close', () => reject(new Error('the connection was closed without an answer')))
    .end(body);
  return promise;
}
