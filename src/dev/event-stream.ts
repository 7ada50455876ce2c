import type { ServerResponse } from 'node:http';
import type { DevState } from './api.ts';
import { type DevEvent, type DevEvents, joinedEvents, type PageEvent } from './dev-events.ts';

/**
 * How long events are gathered, in milliseconds: a task has about twenty within a second, and a
 * person sees five changes a second as live.
 */
const GATHER_MS = 200;

/** Interval of empty lines that keep the connection alive, in milliseconds. */
const HEARTBEAT_MS = 15_000;

/** The most bytes buffered for a slow reader; beyond that it must reconnect. */
const MOST_WAITING = 4 * 1024 * 1024;

/**
 * Streams events to a page, those of a short time together: the complete state first, so that it
 * misses nothing.
 */
export function streamEvents(
  response: ServerResponse,
  events: Pick<DevEvents, 'listen'>,
  state: () => DevState,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  const send = (type: PageEvent['type'] | 'state', data: unknown) => {
    if (response.writableLength > MOST_WAITING) response.destroy();
    // JSON contains no line breaks.
    else response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  send('state', state());
  let gathered: DevEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    const together = gathered;
    [gathered, timer] = [[], undefined];
    for (const { type, data } of joinedEvents(together)) send(type, data);
  };
  const deafen = events.listen((event) => {
    gathered.push(event);
    timer ??= setTimeout(flush, GATHER_MS);
  });
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    deafen();
    clearInterval(heartbeat);
    clearTimeout(timer);
  });
}
