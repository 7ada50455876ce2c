import type { ServerResponse } from 'node:http';
import type { DevState } from './api.ts';
import type { DevEvent, DevEvents } from './dev-events.ts';

/** Interval of empty lines that keep the connection alive, in milliseconds. */
const HEARTBEAT_MS = 15_000;

/** The most bytes buffered for a slow reader; beyond that it must reconnect. */
const MOST_WAITING = 4 * 1024 * 1024;

/** Streams events to a page: the complete state first, so that it misses nothing. */
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
    // JSON contains no line breaks.
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
