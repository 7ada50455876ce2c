import {
  type Agent,
  type IncomingMessage,
  request as requestByHttp,
  type ServerResponse,
} from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How a request is forwarded. */
export interface Onward {
  readonly target: URL;
  /** Reuses connections; without it each request has its own. */
  readonly agent?: Agent;
  /** The request's body, perhaps slowed down. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Passes the answer on. */
  readonly answer: (reply: IncomingMessage) => Promise<void>;
}

/**
 * Forwards a request unchanged, including its Host header, which may be signed. If either side
 * disconnects, so does the other.
 */
export function passOn(
  { method, url: path, headers }: IncomingMessage,
  outgoing: ServerResponse,
  { target: { hostname, port }, agent, body, answer }: Onward,
): void {
  const onward = requestByHttp({ agent: agent ?? false, hostname, port, method, path, headers });
  const giveUp = () => outgoing.destroy();
  onward.on('response', (reply) => answer(reply).catch(giveUp));
  onward.on('error', giveUp);
  outgoing.on('close', () => outgoing.writableFinished || onward.destroy());
  pipeline(Readable.from(body), onward).catch(giveUp);
}
