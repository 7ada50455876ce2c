import { afterEach, describe, expect, it } from 'vitest';
import type { Faults } from '../../../../src/lib/dev/api.ts';
import { useDev } from '../../../support/dev.ts';
import { noisyTiff, plainTiff } from '../../../support/pictures.ts';

const running = useDev();

const set = async (faults: Partial<Faults>) =>
  (await running.api.post('/api/faults', JSON.stringify(faults))).json();

afterEach(() => set({ callback: null, storage: null }));

describe('the next callback', () => {
  it.each([
    ['fail', 503, /Retrying callback in \d+ms after attempt 1: .* 503/],
    ['redirect', 302, /✗ Error: The callback .* 302/],
    ['hang', 0, /Retrying callback in \d+ms after attempt 1: .* no answer within 10 s/],
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
      expect(tried).toHaveLength(fault === 'redirect' ? 0 : 1);
    },
  );

  it('that was not taken leaves its JPEG, which the log names; a replay delivers it', async () => {
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

  it('fails a replay as it would fail a worker', async () => {
    const { api } = running;
    const { id } = await api.drop('replayed.tif', new Uint8Array(await plainTiff()));
    await api.ended(id);
    await set({ callback: 'fail' });
    const replay = await (await api.post(`/api/tasks/${id}/replay`)).json();
    expect(replay).toMatchObject({ delivered: false, status: 503 });
    expect((replay as { error: string }).error).toContain('503');
  });
});

describe('R2', () => {
  it('that breaks off is gone on with from the byte that was reached', async () => {
    const { api } = running;
    await set({ storage: 'break' });
    const { id } = await api.drop('broken.tif', new Uint8Array(await noisyTiff(400)));
    const { state, log } = await api.ended(id);
    expect(state).toBe('succeeded');
    expect(log).toContainEqual(
      expect.stringMatching(/Retrying download .* broke off at byte [1-9]\d* of \d+/),
    );
  });

  it('that is slow takes its 200 kB a second', async () => {
    const { api } = running;
    await set({ storage: 'slow' });
    const tiff = new Uint8Array(await noisyTiff(400));
    const { id } = await api.drop('slow.tif', tiff);
    const { state, stages } = await api.ended(id);
    expect(state).toBe('succeeded');
    const download = stages.find(({ name }) => name === 'download');
    expect(download?.ms).toBeGreaterThan((tiff.length / 200_000) * 1000 * 0.9);
  });

  it('is as it was when the fault is switched off', async () => {
    const { api } = running;
    await set({ storage: 'break' });
    expect(await set({ storage: null })).toEqual({ callback: null, storage: null });
    const { id } = await api.drop('whole.tif', new Uint8Array(await plainTiff()));
    expect((await api.ended(id)).log.filter((line) => line.includes('Retrying'))).toEqual([]);
  });
});

it.each([
  '{"callback":"explode"}',
  '{"storage":"fail"}',
  '{"network":"slow"}',
  '[]',
  'null',
  'none',
])('faults that there are not are refused: %s', async (json) => {
  expect((await running.api.post('/api/faults', json)).status).toBe(400);
  expect((await running.api.state()).faults).toEqual({ callback: null, storage: null });
});
