import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a fault may look at it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What happens to a request instead of being passed on untouched. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Passed on, but the answer's body breaks off after so many bytes. */
  | { readonly cutAfter: number }
  /** The connection is reset before anything is passed on. */
  | { readonly reset: true }
  /** Passed on, and then the connection is reset before the answer: it arrived, and nobody knows. */
  | { readonly resetAfter: true };

/** A server that stands before another one and breaks some of its traffic. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string;
  /** All requests that came, in order. */
  readonly seen: readonly SeenRequest[];
}

/**
 * Starts such a server on loopback. The Host header is passed on as it came: it is signed, and the
 * embedded R2 takes any local one.
 */
export async function startFaultServer(
  target: string,
  faultOf: (request: SeenRequest) => Fault | undefined | Promise<Fault | undefined>,
): Promise<FaultServer> {
  const seen: SeenRequest[] = [];
  const base = new URL(target);
  const server = createServer(async (incoming, answer) => {
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
    };
    seen.push(request);
    const fault = await faultOf(request);
    if (fault && 'status' in fault) {
      incoming.resume();
      incoming.on('end', () => answer.writeHead(fault.status, fault.headers).end(fault.body ?? ''));
    } else if (fault && 'reset' in fault) incoming.socket.resetAndDestroy();
    else pass(incoming, answer, base, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base.pathname}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { hostname, port }: URL,
  fault: Fault | undefined,
): void {
  const { method, url: path, headers } = incoming;
  const outgoing = forward({ hostname, port, method, path, headers }, (reply) => {
    if (fault && 'resetAfter' in fault) {
      reply.resume();
      reply.on('end', () => incoming.socket.resetAndDestroy());
      return;
    }
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    if (!fault || !('cutAfter' in fault)) {
      reply.pipe(answer);
      return;
    }
    reply.once('data', (chunk: Buffer) => {
      answer.write(chunk.subarray(0, fault.cutAfter), () => incoming.socket.resetAndDestroy());
      reply.destroy();
    });
  });
  outgoing.on('error', () => answer.destroy());
  incoming.pipe(outgoing);
}
