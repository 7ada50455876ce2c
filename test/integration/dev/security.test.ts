import { readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Body, useDev } from '../../support/dev.ts';
import { plainTiff } from '../../support/pictures.ts';

const running = useDev({ maxUploadMb: 1 });

/** A request with headers that fetch does not let through, and a path that nobody has tidied. */
function send(
  origin: string,
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: object; body?: string },
): Promise<number> {
  const { hostname, port } = new URL(origin);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request({ hostname, port, path, method, headers: { ...headers }, agent: false }, (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  })
    .on('error', reject)
    .end(body);
  return promise;
}

describe('the page’s server', () => {
  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1', 'localhost:1'])(
    'refuses a request to another host name: %s',
    async (name) => {
      const { page } = running.dev.addresses;
      const host = name.replace('PORT', new URL(page).port);
      expect(await send(page, '/api/state', { headers: { host } })).toBe(403);
    },
  );

  it('answers to each name of this machine', async () => {
    const { page } = running.dev.addresses;
    for (const name of ['127.0.0.1', 'localhost', '[::1]'])
      expect(
        await send(page, '/api/state', { headers: { host: `${name}:${new URL(page).port}` } }),
      ).toBe(200);
  });

  const changes = [
    '/api/faults',
    '/api/tasks?name=a.tif',
    '/api/tasks/x/run',
    '/api/tasks/x/replay',
    '/api/settings',
    '/api/environment',
    'DELETE /api/tasks',
    'DELETE /api/tasks/x',
  ];
  it.each(changes)('refuses changes by other pages: %s', async (change) => {
    const [path = '', method = 'POST'] = change.split(' ').reverse();
    const body = method === 'POST' ? '{}' : '';
    const { page } = running.dev.addresses;
    const wrongs = [
      {},
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: page.replace('http:', 'https:') },
      { origin: running.dev.addresses.orchestrator },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
    ];
    for (const headers of wrongs)
      expect(await send(page, path, { method, headers, body })).toBe(403);
    const own = { 'sec-fetch-site': 'same-origin' };
    expect(await send(page, path, { method, headers: own, body })).not.toBe(403);
  });

  it('cannot be read by other pages: no CORS, nothing to embed', async () => {
    const answer = await running.api.get('/api/state', { origin: 'http://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '/../credentials.json',
    '/%2e%2e/credentials.json',
    '/api/tasks/..%2f..%2fcredentials.json/before',
    '/api/tasks/%2e%2e/before',
    '/api/tasks/..%5C..%5Ccredentials.json/after',
    '/api/tasks/%00/before',
    '/api/tasks/%zz',
    '//credentials.json',
    '/credentials.json',
  ])('serves no files, whatever the path: %s', async (path) => {
    expect(await send(running.dev.addresses.page, path, {})).toBe(404);
  });

  it.each([
    ['../../evil.tif', 'evil.tif'],
    ['C:\\scans\\evil.tif', 'evil.tif'],
    ['..', 'image.tif'],
    ['a\u0000\n\u202eb.tif', 'ab.tif'],
    [`${'x'.repeat(500)}.tif`, `${'x'.repeat(116)}.tif`],
  ])('uses only the file name of a path: %j', async (name, kept) => {
    const { api } = running;
    const task = await api.drop(name, new Uint8Array(await plainTiff()));
    expect(task).toMatchObject({ name: kept, input_key: `staging/dev/${task.id}/${kept}` });
    expect((await api.ended(task.id)).state).toBe('succeeded');
  });
});

describe('an upload', () => {
  const upload = (body: Body, name = 'a.tif') =>
    running.api.post(`/api/tasks?name=${encodeURIComponent(name)}`, body, {
      origin: running.dev.addresses.page,
    });
  const tiff = () => Buffer.concat([Buffer.from('II*\0'), Buffer.alloc(1024 * 1024)]);
  /** A body that does not say how long it is. */
  const unmeasured = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]).stream();
  const post = (body: ReadableStream) =>
    fetch(`${running.dev.addresses.page}/api/tasks?name=a.tif`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { origin: running.dev.addresses.page },
    } as RequestInit);

  it.each([
    [413, 'too large', () => upload(tiff())],
    [413, 'too large without saying so', () => post(unmeasured(tiff()))],
    [415, 'no TIFF', () => upload('%PDF-1.7')],
    [415, 'no TIFF, and too short for one', () => upload('II')],
    [400, 'empty', () => upload('')],
    [400, 'without a name', () => upload('II*\0', '')],
  ])('is refused with %i when it is %s, and leaves nothing', async (status, _, send) => {
    const before = (await running.api.state()).tasks.length;
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/\.$|tif$/) });
    expect(await readdir(join(running.folder, 'incoming'))).toEqual([]);
    expect((await running.api.state()).tasks).toHaveLength(before);
  });

  it('that breaks off leaves nothing', async () => {
    const { page } = running.dev.addresses;
    const { hostname, port } = new URL(page);
    const { promise, resolve } = Promise.withResolvers<void>();
    const sending = request({
      hostname,
      port,
      path: '/api/tasks?name=a.tif',
      method: 'POST',
      agent: false,
      headers: { origin: page, 'content-length': 1000 },
    });
    sending.on('error', () => resolve());
    sending.write('II*\0', () => sending.destroy());
    await promise;
    await expect.poll(() => readdir(join(running.folder, 'incoming'))).toEqual([]);
  });
});

describe('the orchestrator', () => {
  const call = (headers: object) =>
    send(running.dev.addresses.orchestrator, '/callback/batch/csrf', {
      method: 'POST',
      headers,
      body: '{}',
    });

  it('accepts callbacks from workers and from its page', async () => {
    expect(await call({})).toBe(200);
    expect(await call({ origin: running.dev.addresses.page })).toBe(200);
    expect((await running.api.task('csrf')).received).toHaveLength(2);
  });

  it.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { host: 'evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ])('refuses callbacks that another page sends: %j', async (headers) => {
    const before = (await running.api.task('csrf')).received;
    expect(await call(headers)).toBe(403);
    expect((await running.api.task('csrf')).received).toHaveLength(before.length);
  });

  it('refuses a callback that is too long', async () => {
    const body = 'x'.repeat(1_000_001);
    const { orchestrator } = running.dev.addresses;
    expect(await send(orchestrator, '/callback/b/long', { method: 'POST', body })).toBe(413);
  });
});

describe('R2', () => {
  it.each([{ origin: 'http://evil.example' }, { host: 'evil.example' }])(
    'refuses browsers: %j',
    async (headers) => {
      const { endpoint } = running.dev.addresses;
      expect(await send(endpoint, `${new URL(endpoint).pathname}/x`, { headers })).toBe(403);
    },
  );

  it('is the only thing behind its port', async () => {
    const { endpoint } = running.dev.addresses;
    const { pathname } = new URL(endpoint);
    for (const path of ['/', '/callback/b/t', `${pathname}/../../../../callback/b/t`])
      expect(await send(endpoint, path, {})).toBe(404);
  });

  it('needs its access keys', async () => {
    const { endpoint } = running.dev.addresses;
    expect((await fetch(`${endpoint}/arke-staging/staging/test/image.tiff`)).ok).toBe(false);
  });
});

it('keeps its access keys from other users', async () => {
  expect((await stat(running.folder)).mode & 0o077).toBe(0);
  expect((await stat(join(running.folder, 'credentials.json'))).mode & 0o777).toBe(0o600);
  const state = JSON.stringify(await running.api.state());
  const kept = JSON.parse(await readFile(join(running.folder, 'credentials.json'), 'utf8'));
  expect(state).not.toContain(kept.secretAccessKey);
  expect(state).not.toContain(kept.accessKeyId);
  expect((await stat(join(running.folder, 'worker.env'))).mode & 0o777).toBe(0o600);
});

it('gives its access keys only to its own page, as lines for a shell', async () => {
  const { api, dev } = running;
  expect((await api.get('/api/environment')).status).toBe(405);
  const answer = await api.post('/api/environment');
  expect(await answer.json()).toEqual({ lines: dev.exportLines });
});
