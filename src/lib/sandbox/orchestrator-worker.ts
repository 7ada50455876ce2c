/** Names that the Worker and Miniflare's options have in common. */
export const BINDINGS = {
  batches: 'BATCHES',
  bucket: 'BUCKET',
  secret: 'CONTROL_SECRET',
  observer: 'OBSERVER',
  origin: 'PAGE_ORIGIN',
} as const;

/** Class of the Durable Object, one per batch. */
export const BATCH_CLASS = 'Batch';

/** Header that lets a request use the control routes; its value is the sandbox's own secret. */
export const CONTROL_HEADER = 'x-sandbox-control';

/** Header with an object's key and R2's put options, or with what is told of one that is read, as URI-encoded JSON. */
export const OBJECT_HEADER = 'x-sandbox-object';

/**
 * The orchestrator stand-in: a Worker with one Durable Object per batch, as plain JavaScript
 * because it runs in workerd, not in Node.
 *
 * - `/callback/:batch/:task`, any method: recorded, then answered by the next scripted answer,
 *   else by 200 `{"ok":true}` (405 for anything but POST).
 * - `GET` and `PUT /control/:batch/:task`, only with the control header: the callbacks received,
 *   and more scripted answers.
 * - `PUT` and `GET /object`, only with the control header: stores and reads an object, ten times as fast
 *   as through Miniflare's binding proxy, which copies bytes as base64.
 *
 * The body is decoded with `ignoreBOM`, so that a byte order mark shows up in the record.
 *
 * With an observer bound, which is a function of this program, a callback is told to that, too, and
 * answered as it says, if it says anything; and what a browser could be made to send by somebody else's
 * page is refused: a Host that is not loopback (its name was bound to this machine), an Origin that is
 * not the page's own, and what a browser says comes from another site.
 */
export const ORCHESTRATOR_WORKER = `
import { DurableObject } from 'cloudflare:workers';

const json = (value, status = 200) => Response.json(value, { status });
const MOST_OBSERVED_BYTES = 1_000_000;

export class Batch extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    for (const table of ['received', 'answers']) {
      this.sql.exec(
        'CREATE TABLE IF NOT EXISTS ' + table +
        ' (seq INTEGER PRIMARY KEY AUTOINCREMENT, task TEXT NOT NULL, json TEXT NOT NULL)',
      );
    }
  }

  add(table, task, value) {
    this.sql.exec('INSERT INTO ' + table + ' (task, json) VALUES (?, ?)',
      task, JSON.stringify(value));
  }

  received(task) {
    return this.sql.exec('SELECT json FROM received WHERE task = ? ORDER BY seq', task)
      .toArray().map((row) => JSON.parse(row.json));
  }

  nextAnswer(task) {
    const [row] = this.sql
      .exec('SELECT seq, json FROM answers WHERE task = ? ORDER BY seq LIMIT 1', task).toArray();
    if (row === undefined) return undefined;
    this.sql.exec('DELETE FROM answers WHERE seq = ?', row.seq);
    return JSON.parse(row.json);
  }

  async observed(callback) {
    const observer = this.env.${BINDINGS.observer};
    if (observer === undefined) return undefined;
    const init = { method: 'POST', body: JSON.stringify(callback) };
    return await (await observer.fetch('http://observer/', init)).json() ?? undefined;
  }

  async control(request, task) {
    if (request.method === 'GET') return json(this.received(task));
    for (const answer of await request.json()) this.add('answers', task, answer);
    return json({ ok: true });
  }

  async callback(request, task) {
    const at = new Date().toISOString();
    const bytes = await request.arrayBuffer();
    const isObserved = this.env.${BINDINGS.observer} !== undefined;
    if (isObserved && bytes.byteLength > MOST_OBSERVED_BYTES) return json({ error: 'Too large' }, 413);
    const { pathname, search } = new URL(request.url);
    const callback = {
      at,
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    };
    this.add('received', task, callback);
    const answer = this.nextAnswer(task) ?? await this.observed(callback);
    if (answer === undefined) {
      if (request.method === 'POST') return json({ ok: true });
      return json({ error: 'Method not allowed' }, 405);
    }
    if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    return new Response(answer.body ?? null, { status: answer.status, headers: answer.headers });
  }

  async fetch(request) {
    const [, area, , task] = new URL(request.url).pathname.split('/').map(decodeURIComponent);
    return area === 'control' ? this.control(request, task) : this.callback(request, task);
  }
}

async function object(request, bucket) {
  const { key, options } = JSON.parse(decodeURIComponent(request.headers.get('${OBJECT_HEADER}')));
  if (request.method === 'GET') return getObject(await bucket.get(key));
  await bucket.put(key, await request.arrayBuffer(), options);
  return json({ ok: true });
}

function getObject(object) {
  if (object === null) return new Response(null, { status: 204 });
  const { etag, httpMetadata, customMetadata } = object;
  const told = JSON.stringify({ etag, contentType: httpMetadata?.contentType, metadata: customMetadata });
  return new Response(object.body, { headers: { '${OBJECT_HEADER}': encodeURIComponent(told) } });
}

function isRefused(request, env) {
  if (env.${BINDINGS.observer} === undefined) return false;
  const origin = request.headers.get('origin');
  const host = (request.headers.get('host') ?? '').replace(/:\\d+$/, '');
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(host);
  // A page's pictures and links come without an origin.
  const isElsewhere = request.headers.get('sec-fetch-site') === 'cross-site';
  return !isLocal || isElsewhere || (origin !== null && origin !== env.${BINDINGS.origin});
}

export default {
  async fetch(request, env) {
    const isControl = request.headers.get('${CONTROL_HEADER}') === env.${BINDINGS.secret};
    if (!isControl && isRefused(request, env)) return json({ error: 'Forbidden' }, 403);
    const parts = new URL(request.url).pathname.split('/');
    const [, area, batch, task] = parts;
    if (isControl && area === 'object') return object(request, env.${BINDINGS.bucket});
    const known = area === 'callback' || (isControl && area === 'control');
    if (!known || !batch || !task || parts.length !== 4) return json({ error: 'Not found' }, 404);
    return env.${BINDINGS.batches}.getByName(decodeURIComponent(batch)).fetch(request);
  },
};
`;
