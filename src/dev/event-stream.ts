import type { ServerResponse } from 'node:http';
import type { DevState } from './api.ts';
import type { DevEvent, DevEvents } from './dev-events.ts';

/** How often a line that says nothing keeps the connection from being taken for dead, in milliseconds. */
const HEARTBEAT_MS = 15_000;

/** The most that may wait for a reader that does not read, in bytes: then it has to ask anew. */
const MOST_WAITING = 4 * 1024 * 1024;

/** Tells a page what happens for as long as it listens: the state first, so that it misses nothing. */
export function streamEvents(
  response: ServerResponse,
  events: Pick<DevEvents, 'listen'>,
  state: () => DevState,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  const send = (type: DevEvent['type'] | 'state', data: unknown) => {
    if (response.writableLength > MOST_WAITING) response.destroy();
    // JSON has no line ends of its own.
    else response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  send('state', state());
  const deafen = events.listen(({ type, data }) => send(type, data));
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    deafen();
    clearInterval(heartbeat);
  });
}
