import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultOf } from './fault.ts';

/** A request as a fault may look at it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A server that stands before another one and breaks some of its traffic. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string;
  /** All requests that came, in order. */
  readonly seen: readonly SeenRequest[];
  /** Connections that are open now. */
  connections(): Promise<number>;
}

/**
 * Starts such a server on loopback. The Host header is passed on as it came: it is signed, and the
 * embedded R2 takes any local one. What can go wrong: `Fault`; when: the functions beside it.
 */
export async function startFaultServer(target: string, faultOf: FaultOf): Promise<FaultServer> {
  const seen: SeenRequest[] = [];
  const base = new URL(target);
  const server = createServer(async (incoming, answer) => {
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
    };
    seen.push(request);
    const fault = (await faultOf(request)) ?? {};
    if (fault.hang) return;
    if (fault.reset) incoming.socket.resetAndDestroy();
    else if (fault.status === undefined) passOn(incoming, answer, base, fault);
    else answerItself(incoming, answer, fault.status, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base.pathname}`,
    seen,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerItself(
  incoming: IncomingMessage,
  answer: ServerResponse,
  status: number,
  fault: Fault,
): void {
  incoming.resume();
  incoming.on('end', () => {
    const body = Buffer.from(fault.body ?? '');
    const headers = { ...fault.headers };
    // A body that breaks off must have been meant to be longer.
    if (fault.cutAfter !== undefined || fault.stallAfter !== undefined)
      headers['content-length'] = String(body.length);
    answer.writeHead(status, rewritten(headers, fault));
    void sendBody([body], answer, fault);
  });
}

function passOn(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { hostname, port }: URL,
  fault: Fault,
): void {
  const { method, url: path, headers } = incoming;
  const outgoing = forward({ hostname, port, method, path, headers }, (reply) => {
    if (fault.resetAfter || fault.hangAfter) {
      reply.resume();
      reply.on('end', () => fault.resetAfter && incoming.socket.resetAndDestroy());
      return;
    }
    answer.writeHead(reply.statusCode ?? 502, rewritten(reply.headers, fault));
    answer.on('close', () => reply.destroy());
    sendBody(reply, answer, fault).catch(() => answer.destroy());
  });
  outgoing.on('error', () => answer.destroy());
  incoming.on('close', () => incoming.complete || outgoing.destroy());
  incoming.pipe(outgoing);
}

function rewritten(headers: NodeJS.Dict<string | string[]>, { rewrite = {} }: Fault) {
  const entries = Object.entries({ ...headers, ...rewrite });
  return Object.fromEntries(entries.filter((entry) => entry[1] !== undefined));
}

/** Sends a body as the fault wants it, up to the byte that it wants. */
async function sendBody(
  body: AsyncIterable<Buffer> | Iterable<Buffer>,
  answer: ServerResponse,
  fault: Fault,
): Promise<void> {
  const { cutAfter = Number.POSITIVE_INFINITY, stallAfter = Number.POSITIVE_INFINITY } = fault;
  let left = Math.min(cutAfter, stallAfter);
  for await (const piece of pieces(body, fault)) {
    const part = piece.subarray(0, left);
    left -= part.length;
    // In the client's hands before anything else happens to the connection.
    await new Promise((resolve) => answer.write(part, resolve));
    if (answer.destroyed) return;
    if (left > 0) continue;
    // Closed, not reset: a reset would take along what is on its way.
    if (cutAfter <= stallAfter) answer.socket?.destroy();
    return;
  }
  answer.end();
}

async function* pieces(
  body: AsyncIterable<Buffer> | Iterable<Buffer>,
  { drip, extraBytes = 0 }: Fault,
): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    if (!drip) yield chunk;
    else
      for (let i = 0; i < chunk.length; i += drip.bytes) {
        yield chunk.subarray(i, i + drip.bytes);
        await sleep(drip.everyMs);
      }
  }
  if (extraBytes > 0) yield Buffer.alloc(extraBytes);
}
