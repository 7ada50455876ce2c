/** A proxy on loopback that stands for the way to another machine; it needs no privileges. */
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** What the way costs. */
export interface Link {
  /**
   * Before each request is passed on, and once more before a body that waits for `100 Continue`.
   */
  readonly delayMs: number;
  /** Of bodies, for each connection and each direction; without it nothing is held back. */
  readonly bytesPerSecond?: number;
}

/** A request, and when its headers had arrived by this process's `performance.now()`. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly at: number;
}

/** A running proxy. */
export interface DelayProxy extends AsyncDisposable {
  /** Takes the place of the target's address, without a slash at its end. */
  readonly url: string;
  /** All requests that came, in order. */
  readonly seen: readonly Arrival[];
}

type Pace = (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;
type Paces = { readonly up: Pace; readonly down: Pace };

/**
 * Starts it. The Host header is passed on as it came: it is signed, and the embedded R2 takes any
 * local one.
 *
 * @param target base address of the server behind it
 */
export async function startDelayProxy(target: string, link: Link): Promise<DelayProxy> {
  const base = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const seen: Arrival[] = [];
  const paces = new WeakMap<object, Paces>();
  const pass = async (incoming: IncomingMessage, answer: ServerResponse) => {
    const { method = '', url = '', socket } = incoming;
    seen.push({ method, url, at: performance.now() });
    const pace = paces.get(socket) ?? { up: paceOf(link), down: paceOf(link) };
    paces.set(socket, pace);
    await wait(link.delayMs);
    if (incoming.headers.expect) {
      answer.writeContinue();
      await wait(link.delayMs);
    }
    await passOn(incoming, answer, { base, agent, pace });
  };
  const handle = (incoming: IncomingMessage, answer: ServerResponse) => {
    pass(incoming, answer).catch(() => answer.destroy());
  };
  const server = createServer(handle).on('checkContinue', handle);
  // Longer than a conversion: the real servers do not close between two stages of a task either.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${base.pathname.replace(/\/$/, '')}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
}

async function passOn(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { base, agent, pace }: { base: URL; agent: Agent; pace: Paces },
): Promise<void> {
  const { method, url: path } = incoming;
  // It has been answered here.
  const { expect: _, ...headers } = incoming.headers;
  const { hostname, port } = base;
  const outgoing = forward({ hostname, port, method, path, headers, agent });
  const replied = new Promise<IncomingMessage>((resolve, reject) =>
    outgoing.once('response', resolve).once('error', reject),
  );
  const [reply] = await Promise.all([replied, pipeline(incoming, pace.up, outgoing)]);
  answer.writeHead(reply.statusCode ?? 502, reply.headers);
  await pipeline(reply, pace.down, answer);
}

/** Timers are late by about this much; time lost to that may be made up for, but no more. */
const MAKE_UP_MS = 5;

/**
 * Holds each piece back until as much time has passed as its bytes take, all bodies of a connection
 * together.
 */
function paceOf({ bytesPerSecond }: Link): Pace {
  let free = 0;
  return async function* (source) {
    for await (const piece of source) {
      if (bytesPerSecond !== undefined) {
        const from = Math.max(free, performance.now() - MAKE_UP_MS);
        free = from + (piece.length / bytesPerSecond) * 1000;
        const early = free - performance.now();
        if (early > 0) await wait(early);
      }
      yield piece;
    }
  };
}
