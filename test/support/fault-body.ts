import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** Of extra bytes, however many there are. */
const MOST_AT_ONCE = 1024 * 1024;

type Chunks = AsyncIterable<Buffer> | Iterable<Buffer>;

/** The headers of an answer as the fault wants them. */
export function rewritten(headers: NodeJS.Dict<string | string[]>, { rewrite = {} }: Fault) {
  const entries = Object.entries({ ...headers, ...rewrite });
  return Object.fromEntries(entries.filter((entry) => entry[1] !== undefined));
}

/** Sends the body of an answer as the fault wants it, up to the byte that it wants. */
export async function sendBody(body: Chunks, answer: ServerResponse, fault: Fault): Promise<void> {
  const { cutAfter = Number.POSITIVE_INFINITY, stallAfter = Number.POSITIVE_INFINITY } = fault;
  let left = Math.min(cutAfter, stallAfter);
  const whole = flipped(body, fault.flipAt);
  for await (const piece of pieces(whole, fault.drip, fault.extraBytes)) {
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

/** Passes the body of a request on as the fault wants it; false when it broke off. */
export async function sendRequest(
  body: Chunks,
  outgoing: ClientRequest,
  { dripRequest, flipRequestAt, cutRequestAfter: left = Number.POSITIVE_INFINITY }: Fault,
): Promise<boolean> {
  for await (const piece of pieces(flipped(body, flipRequestAt), dripRequest)) {
    const part = piece.subarray(0, left);
    left -= part.length;
    await new Promise((resolve) => outgoing.write(part, resolve));
    if (left > 0) continue;
    outgoing.destroy();
    return false;
  }
  outgoing.end();
  return true;
}

/** Takes so many bytes of a request's body as the fault wants, and leaves the rest where it is. */
export async function takeSome(
  incoming: IncomingMessage,
  { stallRequestAfter = 0 }: Fault,
): Promise<void> {
  let left = stallRequestAfter;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    left -= (chunk as Buffer).length;
    if (left <= 0) break;
  }
  incoming.pause();
}

/** A body with one bit changed in the byte at a place. */
async function* flipped(body: Chunks, at: number | undefined): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const chunk of body) {
    const place = (at ?? -1) - position;
    if (place >= 0 && place < chunk.length) {
      const changed = Buffer.from(chunk);
      changed[place] = (changed[place] ?? 0) ^ 1;
      yield changed;
    } else yield chunk;
    position += chunk.length;
  }
}

/** A body in the pieces that it shall come in, and with what shall come after it. */
async function* pieces(body: Chunks, drip: Fault['drip'], extraBytes = 0): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    if (!drip) yield chunk;
    else
      for (let i = 0; i < chunk.length; i += drip.bytes) {
        yield chunk.subarray(i, i + drip.bytes);
        await sleep(drip.everyMs);
      }
  }
  for (let left = extraBytes; left > 0; left -= MOST_AT_ONCE)
    yield Buffer.alloc(Math.min(left, MOST_AT_ONCE));
}
