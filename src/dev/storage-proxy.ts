import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type AnsweredRange, answeredRange, createBrokenAnswers } from './broken-answers.ts';
import type { StorageFault } from './faults.ts';
import { closeServer, listenOnLoopback } from './loopback-server.ts';
import { passOn } from './pass-on.ts';
import { addressOf, isOwnHost } from './same-site.ts';
import { createSlowLine } from './slow-line.ts';

/** Speed of R2 while it is slow, up and down together, in bytes per second. */
const SLOW_BYTES_PER_SECOND = 200_000;

/** A proxy in front of the local R2 that injects faults. */
export interface StorageProxy {
  /** The S3 endpoint, without a bucket. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** What a proxy stands before. */
export interface StorageProxyOptions {
  /** The endpoint of the local R2. */
  readonly target: string;
  /** Port of the proxy; 0 is chosen by the system. */
  readonly port: number;
  readonly fault: () => StorageFault | null;
}

/**
 * Starts the proxy. The Host header is forwarded unchanged, because it is signed; browsers, which
 * send an Origin or use another name, are refused. Throws `ArkeError` if the port is in use.
 */
export async function startStorageProxy({
  target,
  port,
  fault,
}: StorageProxyOptions): Promise<StorageProxy> {
  const behind = new URL(target);
  const { pathname } = behind;
  const agent = new Agent({ keepAlive: true });
  const line = createSlowLine(SLOW_BYTES_PER_SECOND);
  const broken = createBrokenAnswers();
  const isSlow = () => fault() === 'slow';

  const answer = (incoming: IncomingMessage, reply: IncomingMessage, outgoing: ServerResponse) => {
    outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
    const range = rangeOf(incoming, reply);
    const most = fault() === 'break' && range ? broken.breaksAfter(range) : undefined;
    const body = line.through(reply, isSlow);
    if (most === undefined) return pipeline(body, outgoing);
    return sendBeginning(body, most, outgoing);
  };
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const refusal = refusalOf(fault(), incoming);
    if (refusal) return answerRefusal(incoming, outgoing, refusal);
    passOn(incoming, outgoing, {
      target: behind,
      agent,
      body: line.through(incoming, isSlow),
      answer: (reply) => answer(incoming, reply, outgoing),
    });
  };

  let own = port;
  const server = createServer((incoming, outgoing) => {
    const { host, origin } = incoming.headers;
    const isMine = addressOf(incoming.url)?.pathname.startsWith(`${pathname}/`);
    if (!isOwnHost(host, own) || origin !== undefined) refuse(outgoing, 403);
    else if (!isMine) refuse(outgoing, 404);
    else pass(incoming, outgoing);
  });
  // A body may take long while the line is slow.
  server.requestTimeout = 0;
  own = await listenOnLoopback(server, port, 'R2');
  return {
    endpoint: `http://127.0.0.1:${own}${pathname}`,
    async close() {
      await closeServer(server);
      agent.destroy();
    },
  };
}

/** An S3 error to answer with. */
interface Refusal {
  readonly status: number;
  readonly code: string;
}

const READS: readonly (string | undefined)[] = ['GET', 'HEAD'];
const REFUSALS: Readonly<Partial<Record<StorageFault, Refusal>>> = {
  'read-403': { status: 403, code: 'AccessDenied' },
  'read-404': { status: 404, code: 'NoSuchKey' },
  'read-503': { status: 503, code: 'ServiceUnavailable' },
  'write-403': { status: 403, code: 'AccessDenied' },
  'write-404': { status: 404, code: 'NoSuchBucket' },
  'write-503': { status: 503, code: 'ServiceUnavailable' },
};

function refusalOf(fault: StorageFault | null, { method }: IncomingMessage): Refusal | undefined {
  if (fault === null) return undefined;
  const isConcerned = READS.includes(method)
    ? fault.startsWith('read-')
    : fault.startsWith('write-');
  return isConcerned ? REFUSALS[fault] : undefined;
}

/** Answers like R2 after the whole request has arrived: before that, the sender may not listen. */
function answerRefusal(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, code }: Refusal,
): void {
  const message = 'Simulated fault';
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  incoming.resume().once('end', () => {
    outgoing.writeHead(status, { 'content-type': 'application/xml' });
    outgoing.end(incoming.method === 'HEAD' ? undefined : xml);
  });
}

function rangeOf(
  { method, url = '' }: IncomingMessage,
  { statusCode = 0, headers }: IncomingMessage,
): AnsweredRange | undefined {
  const [path = ''] = url.split('?');
  return method === 'GET' ? answeredRange(path, statusCode, headers) : undefined;
}

/** Sends the beginning of a body, then closes the connection like a broken line. */
async function sendBeginning(
  body: AsyncIterable<Uint8Array>,
  most: number,
  outgoing: ServerResponse,
): Promise<void> {
  let left = most;
  for await (const chunk of body) {
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    outgoing.write(piece, (error) => (error ? reject(error) : resolve()));
    await promise;
    if (left === 0) break;
  }
  // Not reset, so that the sent part arrives.
  outgoing.socket?.end();
}

function refuse(outgoing: ServerResponse, status: number): void {
  outgoing.writeHead(status, { connection: 'close' }).end();
}
