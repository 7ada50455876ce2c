import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../../src/dev/sandbox/sandbox.ts';
import { until } from '../../../support/until.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(() => sandbox.stop());

describe('the orchestrator', () => {
  const post = (task: string, body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
    fetch(sandbox.callbackUrl('batch', task), {
      method: 'POST',
      body,
      headers,
    });

  test('answers 200 and records each callback in order, exactly as sent', async () => {
    const bodies = ['{"n": 1}', '\uFEFF{"name":\t"Äpfel \u{1F34E}"}\r\n', ''];
    for (const body of bodies) {
      const response = await post('order', Buffer.from(body), { 'Webhook-Id': 'msg_1' });
      expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    }
    const callbacks = await sandbox.callbacks('batch', 'order');
    expect(callbacks.map(({ body }) => body)).toEqual(bodies);
    expect(callbacks[0]).toMatchObject({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      method: 'POST',
      path: '/callback/batch/order',
      headers: { 'webhook-id': 'msg_1', 'content-length': '8' },
    });
    expect(callbacks[0]?.headers).not.toHaveProperty('cf-connecting-ip');
  });

  test('keeps tasks and batches apart, whatever their names', async () => {
    await fetch(sandbox.callbackUrl('b/1', 'ü ?'), { method: 'POST', body: 'here' });
    expect(await sandbox.callbacks('b/1', 'ü ?')).toHaveLength(1);
    expect(await sandbox.callbacks('b', 'ü ?')).toEqual([]);
    expect(await sandbox.callbacks('b/1', 'other')).toEqual([]);
  });

  test('gives scripted answers once each, then the normal one; records all', async () => {
    await sandbox.answer('batch', 'scripted', [
      { status: 503, headers: { 'retry-after': '2' }, body: 'later' },
    ]);
    await sandbox.answer('batch', 'scripted', [{ status: 204 }, { status: 200, delayMs: 300 }]);
    const first = await post('scripted', '1');
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await first.text()).toBe('later');
    expect((await post('scripted', '2')).status).toBe(204);
    const started = performance.now();
    expect(await (await post('scripted', '3')).text()).toBe('');
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(await (await post('scripted', '4')).json()).toEqual({ ok: true });
    const callbacks = await sandbox.callbacks('batch', 'scripted');
    expect(callbacks.map(({ body }) => body)).toEqual(['1', '2', '3', '4']);
  });

  test('records a callback of the wrong method, and refuses it', async () => {
    expect((await fetch(sandbox.callbackUrl('batch', 'get'))).status).toBe(405);
    expect(await sandbox.callbacks('batch', 'get')).toMatchObject([{ method: 'GET', body: '' }]);
  });

  test('refuses reading and scripting to others, and other paths', async () => {
    for (const path of ['/', '/control/batch/order', '/callback/batch', '/callback/a/b/c']) {
      expect((await fetch(`${sandbox.url}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${sandbox.url}/object`, { method: 'PUT', body: 'x' })).status).toBe(404);
  });
});

describe('a batch whose tasks were created', () => {
  const LATE = { timeoutMs: 50, everyMs: 20 };
  const report = (batchId: string, taskId: string, payload: object) =>
    fetch(sandbox.callbackUrl(batchId, taskId), { method: 'POST', body: JSON.stringify(payload) });
  const send = async (...args: Parameters<typeof report>) => {
    const answer = await report(...args);
    return [answer.status, await answer.json()];
  };
  const success = (name: string) => ({
    status: 'success',
    output_r2_key: `staging/${name}.jpg`,
    output_file_name: `${name}.jpg`,
    output_file_size: 10,
    pages: [{ output_r2_key: 'staging/page2.jpg' }],
  });
  const taken = [200, { ok: true }];
  const notFound = (id: string) => [500, { error: `Task not found: ${id}` }];
  const failed = (batchId: string, taskId: string) =>
    until(async () => {
      const batch = await sandbox.batch(batchId);
      return batch?.tasks[taskId]?.status === 'failed' ? batch : undefined;
    });

  test('accepts callbacks for its tasks only: the address decides, not the body', async () => {
    await sandbox.createTasks('known', ['t1', 't2']);
    const lying = { ...success('a'), task_id: 't2', batch_id: 'other' };
    expect(await send('known', 't1', lying)).toEqual(taken);
    expect(await send('known', 't3', success('a'))).toEqual(notFound('t3'));
    expect(await sandbox.batch('known')).toMatchObject({
      phase: 'tiff',
      completed: 1,
      failed: 0,
      tasks: { t1: { status: 'completed' }, t2: { status: 'processing' } },
    });
  });

  test('knows all tasks that were created at the same time', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `t${i}`);
    await Promise.all(ids.map((id) => sandbox.createTasks('at once', [id])));
    expect(Object.keys((await sandbox.batch('at once'))?.tasks ?? {}).sort()).toEqual(ids.sort());
  });

  test('stores and shows each task separately', async () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => `t${i}`);
    await sandbox.createTasks('many', ids, { staysOpen: true });
    const [first = '', second = ''] = ids;
    expect(await send('many', first, success('a'))).toEqual(taken);
    const batch = await sandbox.batch('many', second);
    expect(batch).toMatchObject({ phase: 'tiff', completed: 1, failed: 0 });
    expect(Object.keys(batch?.tasks ?? {})).toEqual([second]);
    expect((await sandbox.batch('many', 'unknown'))?.tasks).toEqual({});
  });

  test('takes one JPEG from a success, whatever else it says', async () => {
    await sandbox.createTasks('pages', ['t1', 't2']);
    await send('pages', 't1', success('a'));
    expect((await sandbox.batch('pages'))?.tasks['t1']).toEqual({
      status: 'completed',
      startedMs: expect.any(Number),
      output_r2_key: 'staging/a.jpg',
      output_file_name: 'a.jpg',
      output_file_size: 10,
    });
  });

  test('counts a repeated callback; the last outcome stays', async () => {
    await sandbox.createTasks('twice', ['t1', 't2']);
    for (const payload of [success('a'), success('a'), { status: 'error', error: 'no' }])
      expect(await send('twice', 't1', payload)).toEqual(taken);
    expect(await sandbox.batch('twice')).toMatchObject({
      completed: 2,
      failed: 1,
      tasks: { t1: { status: 'failed', error: 'no' } },
    });
    await send('twice', 't1', success('a'));
    expect(await sandbox.batch('twice')).toMatchObject({ tasks: { t1: { status: 'completed' } } });
  });

  test('gives up a task that is too old; a later success still saves the picture', async () => {
    await sandbox.createTasks('late', ['t1'], { ...LATE, staysOpen: true });
    expect((await failed('late', 't1')).tasks['t1']?.error).toMatch(/^Task timed out after \d+s/);
    expect(await send('late', 't1', success('a'))).toEqual(taken);
    expect(await sandbox.batch('late')).toMatchObject({
      completed: 1,
      failed: 1,
      tasks: { t1: { output_r2_key: 'staging/a.jpg' } },
    });
  });

  test('forgets its tasks when all have ended', async () => {
    await sandbox.createTasks('over', ['t1', 't2']);
    await send('over', 't1', { status: 'error', error: 'no' });
    expect(await send('over', 't2', success('b'))).toEqual(taken);
    expect(await send('over', 't2', success('b'))).toEqual(notFound('t2'));
    expect((await sandbox.batch('over'))?.phase).toBe('over');
    await sandbox.createTasks('silent', ['t1'], LATE);
    await failed('silent', 't1');
    expect(await send('silent', 't1', success('a'))).toEqual(notFound('t1'));
  });

  test('answers 500 once it has failed as a whole', async () => {
    await sandbox.createTasks('ended', ['t1']);
    await sandbox.endBatch('ended');
    const error = "Cannot read properties of undefined (reading 'handleCallback')";
    expect(await send('ended', 't1', success('a'))).toEqual([500, { error }]);
  });

  test('records an outcome and answers otherwise, if scripted so', async () => {
    await sandbox.createTasks('lost', ['t1', 't2']);
    await sandbox.answer('lost', 't1', [{ status: 524, taken: true }, { status: 503 }]);
    expect((await report('lost', 't1', success('a'))).status).toBe(524);
    expect((await report('lost', 't1', success('a'))).status).toBe(503);
    await sandbox.answer('lost', 't2', [{ delayMs: 10 }]);
    expect(await send('lost', 't2', success('b'))).toEqual(taken);
    expect(await sandbox.batch('lost')).toMatchObject({ completed: 2, phase: 'over' });
  });

  test('is the only one that a strict orchestrator knows', async () => {
    const strict = await startSandbox({ strict: true });
    try {
      const post = () => fetch(strict.callbackUrl('new', 't1'), { method: 'POST', body: '{}' });
      const answer = await post();
      expect([answer.status, await answer.json()]).toEqual([500, { error: 'Batch not found' }]);
      await strict.createTasks('new', ['t1']);
      expect((await post()).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });
});
