import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultOf } from './fault.ts';
import { rewritten, sendBody, sendRequest, takeSome } from './fault-body.ts';

/** A request as a fault may look at it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Reads all of the request's body, before anything happens to it. */
  body(): Promise<Buffer>;
}

/** A server that stands before another one and breaks some of its traffic. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string;
  /** All requests that came, in order. */
  readonly seen: readonly SeenRequest[];
  /** Bytes of all answers so far, headers included. */
  bytesSent(): number;
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** From now on refuses connections; those that are busy end with their answer. */
  refuse(): void;
  /** Takes connections again. */
  accept(): Promise<void>;
}

/**
 * Starts such a server on loopback. The Host header is passed on as it came: it is signed, and the
 * embedded R2 takes any local one. What can go wrong: `Fault`; when: the functions beside it.
 */
export async function startFaultServer(target: string, faultOf: FaultOf): Promise<FaultServer> {
  const seen: SeenRequest[] = [];
  const base = new URL(target);
  let listening = true;
  const server = createServer(async (incoming, answer) => {
    let body: Promise<Buffer> | undefined;
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body: () => {
        body ??= collect(incoming);
        return body;
      },
    };
    seen.push(request);
    const fault = (await faultOf(request)) ?? {};
    answer.shouldKeepAlive &&= listening;
    // One that was promised to be kept open before connections were refused.
    answer.on('finish', () => listening || incoming.socket?.end());
    if (fault.hang) return;
    if (fault.reset) incoming.socket.resetAndDestroy();
    else if (fault.stallRequestAfter !== undefined) await takeSome(incoming, fault);
    else if (fault.status === undefined) passOn(incoming, answer, base, fault, await body);
    else answerItself(incoming, answer, fault.status, fault);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base.pathname.replace(/\/$/, '')}`,
    seen,
    bytesSent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    refuse() {
      listening = false;
      // Idle connections are closed by it, too.
      server.close();
    },
    async accept() {
      listening = true;
      await listen(port);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function collect(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function answerItself(
  incoming: IncomingMessage,
  answer: ServerResponse,
  status: number,
  fault: Fault,
): void {
  const body = Buffer.from(fault.body ?? '');
  const headers = { ...fault.headers };
  // A body that breaks off must have been meant to be longer.
  if (fault.cutAfter !== undefined || fault.stallAfter !== undefined)
    headers['content-length'] = String(body.length);
  const reply = () => {
    answer.writeHead(status, fault.statusText, rewritten(headers, fault));
    void sendBody([body], answer, fault);
  };
  if (incoming.readableEnded) reply();
  else incoming.resume().on('end', reply);
}

function passOn(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { hostname, port }: URL,
  fault: Fault,
  body: Buffer | undefined,
): void {
  const { method, url: path, headers } = incoming;
  const outgoing = forward({ hostname, port, method, path, headers }, async (reply) => {
    if (fault.answerAfterMs !== undefined) await sleep(fault.answerAfterMs);
    if (fault.resetAfter || fault.hangAfter) {
      reply.resume();
      reply.on('end', () => fault.resetAfter && incoming.socket?.resetAndDestroy());
      return;
    }
    if (fault.statusAfter !== undefined) {
      reply.resume();
      reply.on('end', () => answer.writeHead(fault.statusAfter ?? 502).end());
      return;
    }
    answer.writeHead(reply.statusCode ?? 502, rewritten(reply.headers, fault));
    answer.on('close', () => reply.destroy());
    sendBody(reply, answer, fault).catch(() => answer.destroy());
  });
  outgoing.on('error', () => answer.destroy());
  incoming.on('close', () => incoming.complete || outgoing.destroy());
  const { socket } = incoming;
  const source = body ? [body] : incoming.iterator({ destroyOnReturn: false });
  sendRequest(source, outgoing, fault).then(
    (whole) => whole || socket.resetAndDestroy(),
    () => outgoing.destroy(),
  );
}
