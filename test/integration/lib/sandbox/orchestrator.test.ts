import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../../../src/lib/sandbox/sandbox.ts';

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

  test('lets nobody else read or script, and knows no other path', async () => {
    for (const path of ['/', '/control/batch/order', '/callback/batch', '/callback/a/b/c']) {
      expect((await fetch(`${sandbox.url}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${sandbox.url}/object`, { method: 'PUT', body: 'x' })).status).toBe(404);
  });
});
