import { BATCH_SCRIPT } from './batch-script.ts';

/** Names shared by the Worker and Miniflare's options. */
export const BINDINGS = {
  batches: 'BATCHES',
  bucket: 'BUCKET',
  secret: 'CONTROL_SECRET',
  observer: 'OBSERVER',
  origin: 'PAGE_ORIGIN',
  strict: 'STRICT',
} as const;

/** Class of the Durable Object, one per batch. */
export const BATCH_CLASS = 'Batch';

/** Header that lets a request use the control routes; its value is the sandbox's own secret. */
export const CONTROL_HEADER = 'x-sandbox-control';

/**
 * Header with an object's key and R2's put options, or with the facts about an object that is read,
 * as URI-encoded JSON.
 */
export const OBJECT_HEADER = 'x-sandbox-object';

/**
 * The orchestrator stand-in: a Worker with one Durable Object per batch, as plain JavaScript
 * because it runs in workerd, not in Node.
 *
 * - `/callback/:batch/:task`, any method: recorded, then answered by the next scripted answer, else
 *   as the real orchestrator answers (`batch-script.ts`): the address decides, not the body. A
 *   batch that was not created accepts everything, unless the Worker is strict.
 * - `GET` and `PUT /control/:batch/:task`, only with the control header: the callbacks received,
 *   and more scripted answers.
 * - `GET` and `PUT /batch/:batch`, only with the control header: what the orchestrator knows about
 *   a batch, with all tasks or one (`?task=`); creates its tasks (`{tasks}`), or ends it (`{end}`).
 * - `PUT` and `GET /object`, only with the control header: stores and reads an object, ten times as
 *   fast as through Miniflare's binding proxy, which copies bytes as base64.
 *
 * The body is decoded with `ignoreBOM`, so that a byte order mark shows up in the record.
 *
 * A bound observer, a function of this program, also receives each callback, and its answer is used
 * if it gives one. Requests that somebody else's page could make a browser send are then refused: a
 * Host that is not loopback (its name was bound to this machine), an Origin that is not the page's
 * own, and requests that the browser marks as cross-site.
 */
export const ORCHESTRATOR_WORKER = `
import { DurableObject } from 'cloudflare:workers';
${BATCH_SCRIPT}
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
    this.sql.exec('CREATE TABLE IF NOT EXISTS tasks (id TEXT PRIMARY KEY, status TEXT NOT NULL, json TEXT NOT NULL)');
    this.sql.exec('CREATE INDEX IF NOT EXISTS status ON tasks (status)');
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

  tasks(where = '', ...values) {
    const rows = this.sql.exec('SELECT id, json FROM tasks ' + where, ...values).toArray();
    return rows.map((row) => [row.id, JSON.parse(row.json)]);
  }

  task(id) {
    return this.tasks('WHERE id = ?', id)[0]?.[1];
  }

  keep(id, task) {
    this.sql.exec('INSERT OR REPLACE INTO tasks VALUES (?, ?, ?)', id, task.status, JSON.stringify(task));
  }

  state() {
    return this.ctx.storage.get('state');
  }

  async save(state) {
    await this.ctx.storage.put('state', state);
    return state;
  }

  saveSettled(state) {
    const isDone = this.tasks("WHERE status = 'processing' LIMIT 1").length === 0;
    return this.save(isDone && !state.staysOpen ? { ...state, phase: 'over' } : state);
  }

  async observed(callback, own) {
    const observer = this.env.${BINDINGS.observer};
    if (observer === undefined) return undefined;
    const init = { method: 'POST', body: JSON.stringify({ callback, own }) };
    return await (await observer.fetch('http://observer/', init)).json() ?? undefined;
  }

  async control(request, task) {
    if (request.method === 'GET') return json(this.received(task));
    for (const answer of await request.json()) this.add('answers', task, answer);
    return json({ ok: true });
  }

  async known(request) {
    // First: while a body comes, another request may change the state.
    const asked = request.method === 'GET' ? undefined : await request.json();
    const state = await this.state();
    const only = new URL(request.url).searchParams.get('task');
    const known = () => (only === null ? this.tasks() : this.tasks('WHERE id = ?', only));
    if (asked === undefined) return json(state ? { ...state, tasks: Object.fromEntries(known()) } : null);
    const { end, tasks = [], ...options } = asked;
    for (const id of tasks) this.keep(id, { status: 'processing', startedMs: Date.now() });
    const next = await this.save(end ? ended(state) : opened(state, options));
    if (next.phase === 'tiff') await this.ctx.storage.setAlarm(Date.now() + next.everyMs);
    return json({ ok: true });
  }

  async alarm() {
    let state = await this.state();
    if (state.phase !== 'tiff') return;
    for (const [id, task] of this.tasks("WHERE status = 'processing'")) {
      const late = timedOut(task, state);
      if (late === undefined) continue;
      this.keep(id, late);
      state = counted(state, late);
    }
    state = await this.saveSettled(state);
    if (state.phase === 'tiff') await this.ctx.storage.setAlarm(Date.now() + state.everyMs);
  }

  async callback(request, task) {
    const at = new Date().toISOString();
    const bytes = await request.arrayBuffer();
    const isObserved = this.env.${BINDINGS.observer} !== undefined;
    if (isObserved && bytes.byteLength > MOST_OBSERVED_BYTES) return json({ error: 'Too large' }, 413);
    const { method, headers } = request;
    const { pathname, search } = new URL(request.url);
    const body = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const callback = { at, method, path: pathname + search, headers: Object.fromEntries(headers), body };
    this.add('received', task, callback);
    const isStrict = this.env.${BINDINGS.strict};
    const isKnown = this.task(task) !== undefined;
    const own = ownAnswer(await this.state(), { method, task, isKnown, body, isStrict });
    const answer = this.nextAnswer(task) ?? await this.observed(callback, own) ?? {};
    const { status = own.status, taken = status < 300 } = answer;
    if (taken && own.status === 200) await this.take(task, body);
    if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    if (answer.status === undefined) return new Response(own.body, { status, headers: { ...JSON_TYPE, ...answer.headers } });
    return new Response(answer.body ?? null, { status, headers: answer.headers });
  }

  async take(task, body) {
    const state = await this.state();
    if (state === undefined) return;
    const outcome = withOutcome(this.task(task), JSON.parse(body));
    this.keep(task, outcome);
    await this.saveSettled(counted(state, outcome));
  }

  async fetch(request) {
    const [, area, , task] = new URL(request.url).pathname.split('/').map(decodeURIComponent);
    if (area === 'batch') return this.known(request);
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
    const isKnown = area === 'callback' || (isControl && area === 'control');
    const isOfTask = isKnown && batch && task && parts.length === 4;
    const isOfBatch = isControl && area === 'batch' && batch && parts.length === 3;
    if (!isOfTask && !isOfBatch) return json({ error: 'Not found' }, 404);
    return env.${BINDINGS.batches}.getByName(decodeURIComponent(batch)).fetch(request);
  },
};
`;
