import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalDev } from '../../../src/dev/dev.ts';
import { type DevApi, devApi, startTestDev } from '../../support/dev.ts';
import { plainTiff } from '../../support/pictures.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

/** A receiver somewhere else, which answers every request the same. */
const received: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const receiver = createServer(async (request, response) => {
  received.push({ url: request.url ?? '', headers: request.headers, body: await text(request) });
  response.writeHead(418).end('I read your callback.');
});
const stops: (() => unknown)[] = [];
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  stops.push(() => receiver.close());
});
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function startWith(name: string, forwardTo: string): Promise<{ dev: LocalDev; api: DevApi }> {
  const dev = await startTestDev(folder.path(name), { forwardTo });
  stops.push(dev.stop);
  return { dev, api: devApi(dev.addresses.page) };
}

describe('a callback that is forwarded', () => {
  it('arrives as it was sent, replays too, and its answer changes nothing', async () => {
    const { port } = receiver.address() as AddressInfo;
    const address = `http://127.0.0.1:${port}/hook/{batch_id}/{task_id}?token=hush`;
    const { api } = await startWith('sent', address);
    await api.post('/api/faults', '{"callback":"fail"}');
    const { id } = await api.drop('scan.tif', new Uint8Array(await plainTiff()));
    expect((await api.ended(id)).state).toBe('succeeded');
    await api.post(`/api/tasks/${id}/replay`);
    const forwarded = async () =>
      (await api.task(id)).received.map((callback) => callback.forwarded);
    await expect.poll(async () => (await forwarded()).filter(Boolean).length).toBe(3);
    const task = await api.task(id);
    // What the worker was told is the fault, and then the orchestrator's answer.
    expect(task.received.map(({ answer }) => answer?.status)).toEqual([503, 200, 200]);
    expect(await forwarded()).toEqual(
      Array.from({ length: 3 }, () => ({
        url: `http://127.0.0.1:${port}/hook/dev/${id}`,
        status: 418,
        body: 'I read your callback.',
        ms: expect.any(Number),
        error: null,
      })),
    );
    expect(received.map(({ url, body }) => [url, body])).toEqual(
      task.received.map(({ body }) => [`/hook/dev/${id}?token=hush`, body]),
    );
    for (const [at, { headers }] of received.entries()) {
      const sent = task.received[at]?.headers;
      const names = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp'];
      for (const name of names) expect(headers[name]).toBe(sent?.[name]);
      expect(headers.host).toBe(`127.0.0.1:${port}`);
    }
    // The query of the address may be a secret.
    expect(JSON.stringify(task)).not.toContain('hush');
  });

  it('to nobody says so', async () => {
    const { dev, api } = await startWith('nobody', 'http://127.0.0.1:9/hook');
    const url = `${dev.addresses.orchestrator}/callback/b/t`;
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(200);
    await expect
      .poll(async () => (await api.task('t')).received[0]?.forwarded)
      .toMatchObject({ status: null, error: expect.stringContaining('ECONNREFUSED') });
  });

  it('is not forwarded again, should it come back', async () => {
    const { port } = receiver.address() as AddressInfo;
    const { dev, api } = await startWith('back', `http://127.0.0.1:${port}/hook`);
    const url = `${dev.addresses.orchestrator}/callback/b/t`;
    await fetch(url, { method: 'POST', body: '{"n":1}' });
    await expect.poll(() => received.at(-1)?.body).toBe('{"n":1}');
    const { headers, body } = received.at(-1) ?? { headers: {}, body: '' };
    const marks = Object.entries(headers).filter(([name]) => name.startsWith('x-arke'));
    const count = received.length;
    await fetch(url, {
      method: 'POST',
      body,
      headers: Object.fromEntries(marks) as Record<string, string>,
    });
    await fetch(url, { method: 'POST', body: '{"n":3}' });
    await expect.poll(() => received.at(-1)?.body).toBe('{"n":3}');
    expect(received).toHaveLength(count + 1);
    expect((await api.task('t')).received.map(({ forwarded }) => forwarded !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
