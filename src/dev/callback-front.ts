import { createServer, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { closeServer, listenOnLoopback } from './loopback-server.ts';
import { passOn } from './pass-on.ts';

/** Marks an answer that is to be lost; nobody receives it. */
export const LOST_HEADER = 'x-sandbox-lost';

/**
 * A proxy in front of the orchestrator that loses answers: a Worker cannot close a connection
 * without one.
 */
export interface CallbackFront {
  /** Base address, without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts it in front of the orchestrator at `target`; port 0 is chosen by the system. Throws
 * `ArkeError` if the port is in use.
 */
export async function startCallbackFront(target: string, port: number): Promise<CallbackFront> {
  const server = createServer((incoming, outgoing) => {
    const answer = async (reply: IncomingMessage) => {
      if (reply.headers[LOST_HEADER] !== undefined) return void outgoing.destroy();
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      await pipeline(reply, outgoing);
    };
    passOn(incoming, outgoing, { target: new URL(target), body: incoming, answer });
  });
  const own = await listenOnLoopback(server, port, 'the orchestrator');
  return { url: `http://127.0.0.1:${own}`, close: () => closeServer(server) };
}
