import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { TaskDetail } from '../../../src/dev/api.ts';
import { openDevFolder } from '../../../src/dev/dev-folder.ts';
import { devApi, startTestDev, useDev } from '../../support/dev.ts';
import { plainTiff, raw } from '../../support/pictures.ts';
import { useFolder } from '../../support/use-folder.ts';

const running = useDev();

/** A TIFF of 60 × 40 pixels that is seen as 40 × 60. */
const lyingTiff = async () =>
  new Uint8Array(
    await raw(60, 40, 3).withMetadata({ orientation: 6 }).tiff({ compression: 'none' }).toBuffer(),
  );

describe('a TIFF that is dropped', () => {
  it('becomes a task, which the real worker completes', async () => {
    const { api } = running;
    const added = await api.drop('scan.tif', await lyingTiff());
    expect(added).toMatchObject({
      batch_id: 'dev',
      name: 'scan.tif',
      input_key: `staging/dev/${added.id}/scan.tif`,
      state: expect.stringMatching(/^(queued|running)$/),
    });
    const task = await api.ended(added.id);
    expect(task).toMatchObject({
      state: 'succeeded',
      exit_code: 0,
      error: null,
      output_key: `staging/dev/${added.id}/scan.jpg`,
      callbacks: 1,
    });
    expect(task.stages.map(({ name }) => name)).toEqual([
      ...['start', 'download', 'convert', 'upload', 'callback'],
    ]);
    expect(task.log.at(0)).toBe(`[${added.id}] Starting TIFF conversion: ${added.input_key}`);
    expect(task.log.at(-1)).toMatch(/✓ Success in \d+ms$/);
    const [callback] = task.received;
    expect(callback).toMatchObject({
      method: 'POST',
      path: `/callback/dev/${added.id}`,
      answer: { status: 200, fault: null },
      replay: false,
    });
    expect(JSON.parse(callback?.body ?? '')).toMatchObject({ output_file_size: task.jpeg_bytes });
  });

  it('is shown as by inspect, for the worker’s machine', async () => {
    const { api } = running;
    const { id, input_key } = await api.drop('scan.tif', await lyingTiff());
    const { facts, log } = await api.ended(id);
    expect(facts).toMatchObject({
      input: `r2://${input_key}`,
      pages: 1,
      directories: [{ width: 60, height: 40, orientation: 6, plan: { effort: 'max' } }],
    });
    // 1024 MB, less what a worker and the system take.
    expect(log.find((line) => line.includes('Plan:'))).toContain(' of 863 MB ');
  });

  it('is shown upright, before and after', async () => {
    const { api } = running;
    const { id } = await api.drop('scan.tif', await lyingTiff());
    await api.ended(id);
    sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadPngBuffer'] });
    for (const [side, type] of [
      ['before', 'image/png'],
      ['after', 'image/jpeg'],
    ]) {
      const answer = await api.get(`/api/tasks/${id}/${side}`);
      expect(answer.headers.get('content-type')).toBe(type);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 40, height: 60 });
    }
  });

  it('that cannot be converted fails, and says why', async () => {
    const { api } = running;
    const broken = new TextEncoder().encode('II*\0 no more than that');
    const task = await api.ended((await api.drop('broken.tif', broken)).id);
    expect(task).toMatchObject({ state: 'failed', exit_code: 1, output_key: null });
    expect(task.error).toMatch(/^Failed to convert TIFF: /);
    expect(task.facts).toMatchObject({ error: { code: 'UNREADABLE_TIFF' } });
    expect((await api.get(`/api/tasks/${task.id}/before`)).status).toBe(422);
    expect((await api.get(`/api/tasks/${task.id}/after`)).status).toBe(404);
  });

  it('can be run again, and finds its own JPEG', async () => {
    const { api } = running;
    const { id } = await api.drop('again.tif', new Uint8Array(await plainTiff()));
    const first = await api.ended(id);
    expect((await api.post(`/api/tasks/${id}/run`)).status).toBe(202);
    const second = await api.ended(id);
    expect(second).toMatchObject({
      state: 'succeeded',
      callbacks: 2,
      jpeg_bytes: first.jpeg_bytes,
    });
    expect(second.log.filter((line) => line.includes('Starting'))).toHaveLength(1);
  });

  it('has its callback sent again, byte for byte, and marked as a replay', async () => {
    const { api } = running;
    const { id } = await api.drop('twice.tif', new Uint8Array(await plainTiff()));
    const { received: before } = await api.ended(id);
    const answer = await api.post(`/api/tasks/${id}/replay`);
    expect(await answer.json()).toMatchObject({
      delivered: true,
      status: 200,
      body: '{"ok":true}',
      error: null,
    });
    const { received } = await api.task(id);
    expect(received.map(({ replay }) => replay)).toEqual([false, true]);
    expect(received[1]?.body).toBe(before[0]?.body);
    expect(received[1]?.headers['webhook-id']).toBe(before[0]?.headers['webhook-id']);
  });
});

it('events are shown as they happen', async () => {
  const { api, dev } = running;
  const stream = await api.get('/api/events');
  expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const { id } = await api.drop('told.tif', new Uint8Array(await plainTiff()));
  const events: { type: string; data: Record<string, unknown> }[] = [];
  let text = '';
  for await (const chunk of stream.body ?? []) {
    text += new TextDecoder().decode(chunk);
    const whole = text.split('\n\n').slice(0, -1);
    for (const event of whole.slice(events.length)) {
      const [, type = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      events.push({ type, data: JSON.parse(data) });
    }
    if (events.some(({ type, data }) => type === 'task' && data['ended_at'] !== null)) break;
  }
  const [first] = events;
  expect(first).toMatchObject({
    type: 'state',
    data: { faults: { callback: null, storage: null } },
  });
  expect(first?.data).toMatchObject({
    environment: { R2_SECRET_ACCESS_KEY: '••••••••', R2_ENDPOINT: dev.addresses.endpoint },
    limits: { memory_mb: 1024, jobs: 1 },
  });
  const { log } = await api.task(id);
  const logs = events.filter(({ type }) => type === 'log');
  expect(logs.flatMap(({ data }) => data['lines'])).toEqual(log);
  expect(events.filter(({ type }) => type === 'callback')).toHaveLength(1);
});

describe('a new start in the same folder', () => {
  const folder = useFolder();

  it('keeps tasks, logs, callbacks, pictures and access keys, and continues with waiting tasks', async () => {
    const first = await startTestDev(folder.path('kept'));
    let done: TaskDetail;
    let waiting: string;
    let interrupted: string;
    try {
      const api = devApi(first.addresses.page);
      done = await api.ended((await api.drop('done.tif', new Uint8Array(await plainTiff()))).id);
      // Then this one is under way for longer than a worker that is stopped has time for.
      await api.post('/api/faults', '{"storage":"slow"}');
      const large = new Uint8Array(await raw(600, 500, 3).tiff({ compression: 'none' }).toBuffer());
      interrupted = (await api.drop('interrupted.tif', large)).id;
      // From then on it hears signals.
      await expect.poll(async () => (await api.task(interrupted)).log).not.toEqual([]);
      waiting = (await api.drop('waiting.tif', large)).id;
    } finally {
      await first.stop();
    }
    const second = await startTestDev(folder.path('kept'));
    try {
      const api = devApi(second.addresses.page);
      // Its orchestrator has another port now.
      const command = expect.stringContaining(`${second.addresses.orchestrator}/callback/dev/`);
      expect(await api.task(done.id)).toEqual({ ...done, command });
      expect((await api.get(`/api/tasks/${done.id}/after`)).status).toBe(200);
      expect((await api.ended(waiting)).state).toBe('succeeded');
      expect(await api.task(interrupted)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('Interrupted by SIGTERM'),
      });
      const names = ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY', 'R2_BUCKET'];
      for (const name of names) expect(second.variables[name]).toBe(first.variables[name]);
      expect((await api.drop('next.tif', new Uint8Array(await plainTiff()))).id).toBe('task_4');
    } finally {
      await second.stop();
    }
    expect(await readdir(join(folder.path('kept'), 'incoming'))).toEqual([]);
  });

  it('is refused while another instance runs', async () => {
    const first = await startTestDev(folder.path('mine'));
    try {
      await expect(startTestDev(folder.path('mine'))).rejects.toThrow(
        /The folder .*mine is used by another "arke-tiff dev" \(process \d+\)/,
      );
    } finally {
      await first.stop();
    }
    await (await startTestDev(folder.path('mine'))).stop();
  });

  it('may use the folder of a process that is gone', async () => {
    const path = folder.path('left');
    await (await openDevFolder(path)).release();
    // No process has a larger number (proc(5), pid_max).
    await folder.write('left/lock', '4194305\n');
    await (await startTestDev(path)).stop();
  });
});
