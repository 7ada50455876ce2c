import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ArkeError, messageOf } from '../lib/errors.ts';
import { closeServer, LOOPBACK, listenOnLoopback } from './loopback-server.ts';
import { answerRequest, type PageParts, sendJson } from './page-routes.ts';
import { RefusedRequest } from './refused-request.ts';
import { isOwnHost, isOwnPage, isReading } from './same-site.ts';

/** The server of the page and its API. */
export interface PageServer {
  /** Its origin, which the page's requests carry. */
  readonly origin: string;
  /** Starts answering requests; until then, all are refused. */
  serve(parts: PageParts): void;
  close(): Promise<void>;
}

/** Headers of every answer: no content sniffing, and no access for other pages. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/**
 * Starts the page's server on this machine only. A request must name it in its Host header, and
 * come from its own page if it changes something. Throws `ArkeError` if the port is in use.
 *
 * @param port 0 for one chosen by the system
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
        `This is http://${LOOPBACK}:${own}/ and answers to no other name.`,
      );
    if (!isReading(sender) && !isOwnPage(sender))
      throw new RefusedRequest(403, 'Only this page may do this.');
    if (!parts) throw new RefusedRequest(503, 'Not ready yet.');
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
  // The rest of the body is read and discarded: a browser that is still sending would not see the
  // answer.
  request.resume();
  sendJson(response, statusOf(error), { error: messageOf(error) });
}

function statusOf(error: unknown): number {
  if (error instanceof RefusedRequest) return error.status;
  // Problems of a TIFF or of R2; anything else is a bug, which is also shown.
  return error instanceof ArkeError ? 422 : 500;
}
