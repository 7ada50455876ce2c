import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ArkeError, messageOf } from '../lib/errors.ts';
import { closeServer, LOOPBACK, listenOnLoopback } from './loopback-server.ts';
import { answerRequest, type PageParts, sendJson } from './page-routes.ts';
import { RefusedRequest } from './refused-request.ts';
import { isOwnHost, isOwnPage, isReading } from './same-site.ts';

/** The server of the page and its API. */
export interface PageServer {
  /** Its origin: what the page's requests come with. */
  readonly origin: string;
  /** Answers from these from now on; until then, everything is refused. */
  serve(parts: PageParts): void;
  close(): Promise<void>;
}

/** What every answer says: a browser is to take it for what it is, and to show it to no other page. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/**
 * Starts the page's server on this machine only. A request must name it as its Host, and come from its own
 * page when it changes something. Throws `ArkeError` when the port is taken.
 *
 * @param port 0 for one of the system's choice
 */
export async function startPageServer(port: number): Promise<PageServer> {
  let parts: PageParts | undefined;
  let own = port;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const sender = { method: request.method ?? '', headers: request.headers };
    if (!isOwnHost(request.headers.host, own))
      throw new RefusedRequest(
        403,
        `This is http://${LOOPBACK}:${own}/ and goes by no other name.`,
      );
    if (!isReading(sender) && !isOwnPage(sender))
      throw new RefusedRequest(403, 'Only its own page may do this.');
    if (!parts) throw new RefusedRequest(503, 'It is not ready yet.');
    await answerRequest(request, response, parts);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => fail(request, response, error));
  });
  // An upload takes as long as its disk.
  server.requestTimeout = 0;
  own = await listenOnLoopback(server, port, 'the page');
  return {
    origin: `http://${LOOPBACK}:${own}`,
    serve(given) {
      parts = given;
    },
    close: () => closeServer(server),
  };
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What is left of the body is taken and dropped: a browser that still sends would not see the answer.
  request.resume();
  sendJson(response, statusOf(error), { error: messageOf(error) });
}

function statusOf(error: unknown): number {
  if (error instanceof RefusedRequest) return error.status;
  // What is wrong with a TIFF, or with R2, is said; anything else is a bug of ours, said as well.
  return error instanceof ArkeError ? 422 : 500;
}
