import { createServer, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { closeServer, listenOnLoopback } from './loopback-server.ts';
import { passOn } from './pass-on.ts';

/** Header of an answer that is to be lost on its way; nobody sees it. */
export const LOST_HEADER = 'x-sandbox-lost';

/** What stands before the orchestrator, and loses answers: a Worker cannot close a connection without one. */
export interface CallbackFront {
  /** Base address, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts it before the orchestrator at `target`, on a port; 0 for one of the system's choice. Throws
 * `ArkeError` when that is taken.
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
