import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultOf, Matching } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { tiff } from '../../support/objects.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { startProgram } from '../../support/program.ts';
import { type ReportedBatch, reportedBatch, statesOf } from '../../support/reported-batches.ts';
import { useSandbox } from '../../support/tasks.ts';
import { until } from '../../support/until.ts';

const sandbox = useSandbox();
let batch: ReportedBatch;
beforeEach(() => {
  batch = reportedBatch(sandbox.current);
});

/** An orchestrator that can be down; what it has taken, by task. */
const receiver = {
  isDown: false,
  refused: 0,
  taken: [] as string[],
  url: '',
};
const server = createServer((request, answer) => {
  request.resume().on('end', () => {
    if (receiver.isDown) {
      receiver.refused += 1;
      answer.writeHead(503, { 'retry-after': '600' }).end();
      return;
    }
    receiver.taken.push(String(request.url?.split('/').at(-1)));
    answer.end();
  });
});
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  receiver.url = `http://127.0.0.1:${port}/callback/{batch_id}/{task_id}`;
  receiver.refused = 0;
  receiver.taken = [];
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const report = (...flags: string[]) =>
  startProgram(['batch', batch.prefix, '--report-to', receiver.url, '--yes', '--json', ...flags], {
    env: batch.env,
  });

const namesOf = (count: number) => Array.from({ length: count }, (_, i) => `${i}.tif`);
const allOf = (names: readonly string[], state: string) =>
  Object.fromEntries(names.map((name) => [name, state]));

describe('a report that is stopped while the orchestrator is down', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', undefined],
  ] as const)(
    'by %s is completed by the next: no callback is lost or sent twice',
    async (signal, exitCode) => {
      const names = namesOf(7);
      await Promise.all(names.map((name) => batch.put(name, tiff)));
      receiver.isDown = true;
      const run = report();
      // More than are sent at once: the others have not had their turn.
      await until(async () => receiver.refused >= 4 && (await batch.waiting()).length === 7);
      await until(async () => (await leasedEntries()) === 0);
      run.kill(signal);
      const first = await run;
      expect(first.exitCode).toBe(exitCode);
      if (signal !== 'SIGKILL')
        expect(statesOf(batch, JSON.parse(first.stdout))).toEqual(allOf(names, 'left'));

      receiver.isDown = false;
      const next = await report();
      expect(statesOf(batch, JSON.parse(next.stdout))).toEqual(allOf(names, 'delivered'));
      expect(next.exitCode).toBe(0);
      expect(receiver.taken).toHaveLength(7);
      expect(new Set(receiver.taken).size).toBe(7);
      expect(await batch.waiting()).toEqual([]);
    },
  );
});

describe('a report that is stopped in the middle of its conversions', () => {
  it('has sent what was uploaded; the next sends the rest, and nothing twice', async () => {
    const names = namesOf(8);
    const large = await noisyTiff(1000);
    await Promise.all(names.map((name) => batch.put(name, large)));
    receiver.isDown = false;
    const run = report('--jobs', '1');
    await until(() => receiver.taken.length > 0);
    run.kill('SIGINT');
    const first = await run;
    expect(first.exitCode).toBe(130);
    const states = statesOf(batch, JSON.parse(first.stdout));
    expect(Object.values(states)).toContain('left');

    const next = await report();
    // Only what was on its way right then is not known to have arrived.
    const expected = names.map((name) => [
      name,
      { delivered: 'already_delivered', not_confirmed: 'unknown' }[`${states[name]}`] ??
        'delivered',
    ]);
    expect(statesOf(batch, JSON.parse(next.stdout))).toEqual(Object.fromEntries(expected));
    expect(receiver.taken).toHaveLength(8);
    expect(new Set(receiver.taken).size).toBe(8);
  });
});

describe('a report that is stopped while a callback is delivered', () => {
  const isPost: Matching = ({ method }) => method === 'POST';
  const isMark: Matching = ({ method, url }) => method === 'PUT' && url.includes('/delivered/');
  it.each([
    ['before the answer comes', isPost],
    ['while its mark is stored', isMark],
  ])('%s has delivered it, and the next one knows', async (_, isStop) => {
    await batch.put('a.tif', tiff);
    receiver.isDown = false;
    const stop = { send: () => {} };
    const stopAt: FaultOf = (request) => {
      if (!isStop(request)) return undefined;
      stop.send();
      return { answerAfterMs: 60 };
    };
    await using r2 = await startFaultServer(sandbox.current.endpoint, stopAt);
    await using door = await startFaultServer(new URL(receiver.url).origin, stopAt);
    const url = `${door.url}/callback/{batch_id}/{task_id}`;
    const args = ['batch', batch.prefix, '--report-to', url, '--yes', '--json'];
    const run = startProgram(args, { env: { ...batch.env, R2_ENDPOINT: r2.url } });
    stop.send = () => void run.kill('SIGINT');
    const first = await run;
    expect(first.exitCode).toBe(130);
    expect(statesOf(batch, JSON.parse(first.stdout))).toEqual({ 'a.tif': 'delivered' });
    expect(await batch.waiting()).toEqual([]);

    const next = await report();
    expect(statesOf(batch, JSON.parse(next.stdout))).toEqual({ 'a.tif': 'already_delivered' });
    expect(next.exitCode).toBe(0);
    expect(receiver.taken).toHaveLength(1);
  });
});

/**
 * How many entries somebody sends now: a kill then leaves callbacks of which nobody knows the fate.
 */
async function leasedEntries(): Promise<number> {
  const entries = await Promise.all(
    (await batch.waiting()).map((key) => sandbox.current.getObject(key)),
  );
  return entries.filter((entry) => Buffer.from(entry?.bytes ?? []).includes('"lease"')).length;
}
