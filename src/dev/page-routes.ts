import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { DevState } from './api.ts';
import type { DevEvents } from './dev-events.ts';
import type { DevPage } from './dev-page.ts';
import type { DevTasks } from './dev-tasks.ts';
import { streamEvents } from './event-stream.ts';
import { type FaultSwitches, namesOf, switchedFaults } from './fault-switches.ts';
import { withUpload } from './receive-upload.ts';
import { RefusedRequest } from './refused-request.ts';
import { addressOf } from './same-site.ts';
import { chosenSettings } from './task-settings.ts';

/** What requests are answered from. */
export interface PageParts {
  /** Undefined without a build. */
  readonly page: DevPage | undefined;
  readonly tasks: DevTasks;
  readonly state: () => DevState;
  /** A worker's variables for a shell, secrets included. */
  readonly lines: readonly string[];
  readonly events: Pick<DevEvents, 'listen'>;
  readonly faults: Pick<FaultSwitches, 'set'>;
  /** Uploads are saved here until they are in R2. */
  readonly incoming: string;
  readonly mostUploadBytes: number;
}

/** A request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The task's id from the path; empty if there is none. */
  readonly id: string;
  readonly parts: PageParts;
}

/** One kind of request that may be made. */
interface RequestRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly answer: (exchange: Exchange) => Promise<void> | void;
}

/** The most bytes of JSON that the page sends. */
const MOST_JSON_BYTES = 10_000;

const routes: readonly RequestRoute[] = [
  { method: 'GET', path: /^\/$/, answer: sendPage },
  {
    method: 'GET',
    path: /^\/api\/state$/,
    answer: ({ response, parts }) => sendJson(response, 200, parts.state()),
  },
  {
    method: 'GET',
    path: /^\/api\/events$/,
    answer: ({ response, parts }) => streamEvents(response, parts.events, parts.state),
  },
  { method: 'POST', path: /^\/api\/tasks$/, answer: addTask },
  {
    method: 'GET',
    path: /^\/api\/tasks\/([^/]+)$/,
    answer: async ({ response, id, parts }) =>
      sendJson(response, 200, await parts.tasks.detail(id)),
  },
  { method: 'GET', path: /^\/api\/tasks\/([^/]+)\/before$/, answer: sendBefore },
  { method: 'GET', path: /^\/api\/tasks\/([^/]+)\/after$/, answer: sendAfter },
  {
    method: 'POST',
    path: /^\/api\/tasks\/([^/]+)\/run$/,
    answer: ({ response, id, parts }) => sendJson(response, 202, parts.tasks.runAgain(id)),
  },
  {
    method: 'POST',
    path: /^\/api\/tasks\/([^/]+)\/replay$/,
    answer: async ({ response, id, parts }) =>
      sendJson(response, 200, await parts.tasks.replay(id)),
  },
  {
    method: 'DELETE',
    path: /^\/api\/tasks$/,
    answer: ({ response, parts }) => sendJson(response, 200, { deleted: parts.tasks.clear() }),
  },
  {
    method: 'DELETE',
    path: /^\/api\/tasks\/([^/]+)$/,
    answer: ({ response, id, parts }) => {
      parts.tasks.remove(id);
      sendJson(response, 200, { deleted: [id] });
    },
  },
  { method: 'POST', path: /^\/api\/faults$/, answer: setFaults },
  { method: 'POST', path: /^\/api\/settings$/, answer: checkSettings },
  {
    // Not a GET, which any page could make a browser send.
    method: 'POST',
    path: /^\/api\/environment$/,
    answer: ({ response, parts }) => sendJson(response, 200, { lines: parts.lines }),
  },
];

/**
 * Answers a request. Throws `RefusedRequest` (404, 405 and what the routes throw), and
 * `ArkeError`s.
 */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  parts: PageParts,
): Promise<void> {
  const url = addressOf(request.url);
  const found = routes.filter(({ path }) => url && path.test(url.pathname));
  if (!url || found.length === 0) throw new RefusedRequest(404, 'Not found.');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = found.find((each) => each.method === method);
  if (!route) throw new RefusedRequest(405, `${request.method} is not supported here.`);
  const id = decoded(route.path.exec(url.pathname)?.[1] ?? '');
  await route.answer({ request, response, url, id, parts });
}

/** Sends a value. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RefusedRequest(404, 'Not found.');
  }
}

function sendPage({ response, parts: { page } }: Exchange): void {
  if (!page)
    throw new RefusedRequest(503, 'The page is not built. Run "npm run build" and start again.');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': page.policy,
  });
  response.end(page.html);
}

async function addTask({ request, response, url, parts }: Exchange): Promise<void> {
  const name = url.searchParams.get('name');
  if (!name) throw new RefusedRequest(400, 'The query needs the name of the file: ?name=scan.tif');
  const settings = chosenSettings([...url.searchParams].filter(([key]) => key !== 'name'));
  const summary = await withUpload(request, parts.incoming, parts.mostUploadBytes, (upload) =>
    parts.tasks.add(upload, name, settings),
  );
  sendJson(response, 201, summary);
}

async function sendBefore({ response, id, parts }: Exchange): Promise<void> {
  const path = await parts.tasks.before(id);
  response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'no-cache' });
  await pipeline(createReadStream(path), response);
}

async function sendAfter({ response, id, parts }: Exchange): Promise<void> {
  const jpeg = await parts.tasks.after(id);
  response.writeHead(200, {
    'content-type': 'image/jpeg',
    'content-length': jpeg.length,
    'cache-control': 'no-store',
  });
  response.end(jpeg);
}

async function setFaults({ request, response, parts }: Exchange): Promise<void> {
  const faults = switchedFaults(await readJson(request));
  if (!faults)
    throw new RefusedRequest(
      400,
      `The faults of "callback" are ${namesOf('callback').join(', ')}, those of "storage" ${namesOf('storage').join(', ')}; null is none.`,
    );
  sendJson(response, 200, parts.faults.set(faults));
}

async function checkSettings({ request, response }: Exchange): Promise<void> {
  const given = await readJson(request);
  if (typeof given !== 'object' || given === null)
    throw new RefusedRequest(400, 'Settings are an object: {"JPEG_QUALITY": "80"}');
  sendJson(
    response,
    200,
    chosenSettings(Object.entries(given).map(([name, value]) => [name, String(value)])),
  );
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.length > MOST_JSON_BYTES) throw new RefusedRequest(413, 'The request is too large.');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RefusedRequest(400, 'The request is not JSON.');
  }
}
