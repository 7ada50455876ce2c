import { afterEach, describe, expect, it } from 'vitest';
import {
  type CallbackFault,
  FAULTS,
  type Faults,
  type StorageFault,
} from '../../../src/dev/faults.ts';
import { useDev } from '../../support/dev.ts';
import { noisyTiff, plainTiff } from '../../support/pictures.ts';

/** Milliseconds that the orchestrator is down for: less than a worker is patient for. */
const DOWN_MS = 1_500;
const running = useDev({ downMs: DOWN_MS });

const set = async (faults: Partial<Faults>) =>
  (await running.api.post('/api/faults', JSON.stringify(faults))).json();

afterEach(() => set({ callback: null, storage: null }));

describe('the next callback', () => {
  it.each([
    ['fail', 503, /Retrying callback in \d+ms after attempt 1: .* 503/],
    ['redirect', 302, /✗ Error: The callback .* 302/],
    ['hang', 0, /Retrying callback in \d+ms after attempt 1: .* no answer within 10 s/],
    ['lost', 0, /Retrying callback in \d+ms after attempt 1: /],
    ['busy', 429, /Retrying callback in (?:2|3|4|5)\d{3}ms after attempt 1: .* 429/],
    ['denied', 403, /✗ Error: The callback .* 403 Forbidden: it is not allowed/],
    ['missing', 404, /✗ Error: The callback .* 404 Not Found: no callbacks are accepted there/],
    ['portal', 200, /✓ Success/],
  ] as const)(
    'can be made to %s, and shows what the worker does then',
    async (fault, status, line) => {
      const { api } = running;
      expect(await set({ callback: fault })).toEqual({ callback: fault, storage: null });
      const { id } = await api.drop('fault.tif', new Uint8Array(await plainTiff()));
      const { received, log } = await api.ended(id);
      expect(received[0]?.answer).toEqual({ status, fault });
      expect(log).toContainEqual(expect.stringMatching(line));
      expect((await api.state()).faults.callback).toBeNull();
      const tried = received.slice(1);
      for (const { body, answer } of tried) {
        expect(answer).toEqual({ status: 200, fault: null });
        expect(body).toBe(received[0]?.body);
      }
      const isFinal = ['redirect', 'denied', 'missing', 'portal'].includes(fault);
      expect(tried).toHaveLength(isFinal ? 0 : 1);
    },
  );

  it('that was refused leaves the JPEG, which the log names; a replay delivers it', async () => {
    const { api } = running;
    await set({ callback: 'redirect' });
    const { id } = await api.drop('lost.tif', new Uint8Array(await plainTiff()));
    const task = await api.ended(id);
    expect(task).toMatchObject({
      state: 'failed',
      exit_code: 1,
      output_key: `staging/dev/${id}/lost.jpg`,
      error: expect.stringContaining('302'),
    });
    expect((await api.get(`/api/tasks/${id}/after`)).status).toBe(200);
    const replay = await (await api.post(`/api/tasks/${id}/replay`)).json();
    expect(replay).toMatchObject({ delivered: true, status: 200 });
  });

  it('that another server answers never reaches the orchestrator; a replay delivers it', async () => {
    const { api } = running;
    await set({ callback: 'portal' });
    const { id } = await api.drop('portal.tif', new Uint8Array(await plainTiff()));
    expect(await api.ended(id)).toMatchObject({
      state: 'succeeded',
      orchestrator: { status: 'processing' },
    });
    await api.post(`/api/tasks/${id}/replay`);
    expect(await api.task(id)).toMatchObject({
      delivered_by_replay: true,
      orchestrator: { status: 'completed' },
    });
  });

  it('fails for a replay as it does for a worker', async () => {
    const { api } = running;
    const { id } = await api.drop('replayed.tif', new Uint8Array(await plainTiff()));
    await api.ended(id);
    await set({ callback: 'fail' });
    const replay = await (await api.post(`/api/tasks/${id}/replay`)).json();
    expect(replay).toMatchObject({ delivered: false, status: 503 });
    expect((replay as { error: string }).error).toContain('503');
  });
});

describe('callbacks', () => {
  it('that fail for a while are sent again until one is accepted', async () => {
    const { api } = running;
    await set({ callback: 'down' });
    const { id } = await api.drop('down.tif', new Uint8Array(await plainTiff()));
    const { state, received, orchestrator } = await api.ended(id);
    expect(state).toBe('succeeded');
    expect(orchestrator).toEqual({ status: 'completed', error: null });
    expect(received[0]?.answer).toEqual({ status: 500, fault: 'down' });
    expect(received.at(-1)?.answer).toEqual({ status: 200, fault: null });
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect((await api.state()).faults.callback).toBeNull();
  });

  it('that are answered late are sent once', async () => {
    const { api } = running;
    await set({ callback: 'late' });
    const { id } = await api.drop('late.tif', new Uint8Array(await plainTiff()));
    const { state, received, stages } = await api.ended(id);
    expect(state).toBe('succeeded');
    expect(received.map(({ answer }) => answer)).toEqual([{ status: 200, fault: 'late' }]);
    expect(stages.find(({ name }) => name === 'callback')?.ms).toBeGreaterThan(4_900);
    expect((await api.state()).faults.callback).toBe('late');
  });

  it.each([
    ['gone', /^Task not found: t1$/],
    ['unknown', /^Batch not found: b$/],
    ['over', /^Cannot read properties of undefined \(reading 'handleCallback'\)$/],
  ] as const)('are answered as the real orchestrator does: %s', async (fault, error) => {
    await set({ callback: fault });
    for (let time = 0; time < 2; time++) {
      const url = `${running.dev.addresses.orchestrator}/callback/b/t1`;
      const answer = await fetch(url, { method: 'POST', body: '{}' });
      expect(answer.status).toBe(500);
      expect((await answer.json()) as object).toEqual({ error: expect.stringMatching(error) });
    }
  });
});

describe('the orchestrator', () => {
  it('knows a task as long as its machine may call back, and nobody else of its batch', async () => {
    const { api, dev } = running;
    await set({ callback: 'gone' });
    const { id } = await api.drop('silent.tif', new Uint8Array(await plainTiff()));
    const { orchestrator, received } = await api.ended(id);
    expect(orchestrator).toEqual({ status: 'processing', error: null });
    await set({ callback: null });
    const send = (task: string) =>
      fetch(`${dev.addresses.orchestrator}/callback/dev/${task}`, {
        method: 'POST',
        body: received[0]?.body ?? '',
      });
    const stranger = await send('nobody');
    expect([stranger.status, await stranger.json()]).toEqual([
      500,
      { error: 'Task not found: nobody' },
    ]);
    expect((await send(id)).status).toBe(200);
    expect((await api.task(id)).orchestrator).toEqual({ status: 'completed', error: null });
    const { answer } = (await api.task('nobody')).received[0] ?? {};
    expect(answer).toEqual({ status: 500, fault: null });
  });
});

describe('R2', () => {
  it.each([
    ['read-403', 'Failed to download TIFF: 403 Forbidden'],
    ['read-404', 'Failed to download TIFF: 404 Not Found'],
    ['read-503', 'Failed to download TIFF: R2 answered 503'],
    ['write-403', 'Failed to upload JPEG: 403 Forbidden'],
    ['write-404', 'Failed to upload JPEG: The bucket "arke-staging" does not exist'],
    ['write-503', 'Failed to upload JPEG: R2 answered 503'],
  ] satisfies [StorageFault, string][])('that refuses is reported: %s', async (fault, error) => {
    const { api } = running;
    await set({ storage: fault });
    const { id } = await api.drop('refused.tif', new Uint8Array(await plainTiff()));
    const { state, received, orchestrator } = await api.ended(id);
    expect(state).toBe('failed');
    expect(orchestrator).toEqual({ status: 'failed', error: expect.stringContaining(error) });
    expect(received).toHaveLength(1);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      status: 'error',
      error: expect.stringContaining(error),
    });
  });

  it('that breaks off is resumed at the byte that was reached', async () => {
    const { api } = running;
    await set({ storage: 'break' });
    const { id } = await api.drop('broken.tif', new Uint8Array(await noisyTiff(400)));
    const { state, log } = await api.ended(id);
    expect(state).toBe('succeeded');
    expect(log).toContainEqual(
      expect.stringMatching(/Retrying download .* broke off at byte [1-9]\d* of \d+/),
    );
  });

  it('that is slow transfers 200 kB a second', async () => {
    const { api } = running;
    await set({ storage: 'slow' });
    const tiff = new Uint8Array(await noisyTiff(400));
    const { id } = await api.drop('slow.tif', tiff);
    const { state, stages } = await api.ended(id);
    expect(state).toBe('succeeded');
    const download = stages.find(({ name }) => name === 'download');
    expect(download?.ms).toBeGreaterThan((tiff.length / 200_000) * 1000 * 0.9);
  });

  it('answers normally when the fault is switched off', async () => {
    const { api } = running;
    await set({ storage: 'break' });
    expect(await set({ storage: null })).toEqual({ callback: null, storage: null });
    const { id } = await api.drop('whole.tif', new Uint8Array(await plainTiff()));
    expect((await api.ended(id)).log.filter((line) => line.includes('Retrying'))).toEqual([]);
  });
});

it('every fault of the table can be switched on', async () => {
  for (const callback of Object.keys(FAULTS.callback.faults) as CallbackFault[])
    expect(await set({ callback })).toEqual({ callback, storage: null });
  for (const storage of Object.keys(FAULTS.storage.faults) as StorageFault[])
    expect(await set({ callback: null, storage })).toEqual({ callback: null, storage });
});

it.each([
  '{"callback":"explode"}',
  '{"callback":"constructor"}',
  '{"storage":"fail"}',
  '{"network":"slow"}',
  '[]',
  'null',
  'none',
])('unknown faults are refused: %s', async (json) => {
  expect((await running.api.post('/api/faults', json)).status).toBe(400);
  expect((await running.api.state()).faults).toEqual({ callback: null, storage: null });
});
