import { describe, expect, it } from 'vitest';
import { readDeliveredMark } from '../../../../src/lib/callback/delivered-mark.ts';
import { searchLog } from '../../../../src/lib/callback/log-search.ts';
import { isLeased, readOutboxEntry } from '../../../../src/lib/callback/outbox-entry.ts';
import { deliveredKey } from '../../../../src/lib/task/outbox/keys.ts';
import { type FaultOf, inTurn } from '../../../support/fault.ts';
import { REPORT_SECRET, type Report, startReport } from '../../../support/reports.ts';
import { ENDLESS_MS } from '../../../support/task-patience.ts';
import { useSandbox } from '../../../support/tasks.ts';
import { until } from '../../../support/until.ts';

const sandbox = useSandbox();

const HELD = 'this process sends it until';
const down = { status: 500, body: '{"error":"Cannot read properties of undefined"}' };
const oneEntry = async (report: Report) => {
  const [entry, ...more] = Object.values(await report.entries());
  expect(more).toEqual([]);
  return entry;
};
const namesOf = ({ events }: Report) =>
  events.map(({ event }) => event).filter((event) => event !== 'retry');
async function markOf({ prefix, taskId, batchId }: Report) {
  const outcome = { task_id: taskId, batch_id: batchId, status: 'success' } as const;
  const object = await sandbox.current.getObject(deliveredKey(prefix, outcome));
  return object && readDeliveredMark(Buffer.from(object.bytes).toString());
}
/** What R2 is asked about the outbox with this method. */
const aboutOutbox =
  (method: string, fault: FaultOf): FaultOf =>
  (request) =>
    request.method === method && request.url.includes('/pending/') ? fault(request) : undefined;

describe('a success that is not accepted by the deadline', () => {
  it('is logged and leased in the outbox; accepted later, it is marked and removed as by a drain', async () => {
    let isUp = false;
    await using report = await startReport(sandbox.current, () => (isUp ? undefined : down));
    await report.said(HELD);
    const [key = ''] = Object.keys(await report.entries());
    const { bytes } = (await sandbox.current.getObject(key)) ?? { bytes: Buffer.of() };
    const read = readOutboxEntry(bytes);
    if (typeof read === 'string') throw new Error(read);
    expect(isLeased(read.entry, new Date())).toBe(true);
    // Whoever finds it after this process was killed cannot know what became of its attempts.
    expect(read.entry.unconfirmed).toBe(true);
    expect(report.lines).toContain(read.entry.body);
    isUp = true;
    expect(await report.outcome).toMatchObject({ delivered: true, exitCode: 0 });
    expect(namesOf(report)).toEqual(['callback.undelivered', 'note', 'task.succeeded']);
    expect(await report.received()).toEqual([read.entry.body]);
    expect(await report.entries()).toEqual({});
    expect(await markOf(report)).toMatchObject({ webhook_id: read.entry.webhook_id });
  });

  it('is retried until its patience ends; then any drain may send it', async () => {
    await using report = await startReport(sandbox.current, () => down, { patienceMs: 10_000 });
    expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
    expect(report.door.seen.length).toBeGreaterThan(6);
    expect(namesOf(report)).toEqual(['callback.undelivered', 'note', 'task.failed', 'note']);
    const entry = await oneEntry(report);
    expect(entry?.lease).toBeUndefined();
    // Each attempt was refused.
    expect(entry?.unconfirmed).toBeUndefined();
    expect(entry).toMatchObject({ answer: down });
  });

  it('ends with a stop signal; then any drain may send it', async () => {
    const stop = new AbortController();
    await using report = await startReport(sandbox.current, () => down, { stop: stop.signal });
    await report.said(HELD);
    stop.abort(new Error('stop'));
    expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
    expect((await oneEntry(report))?.lease).toBeUndefined();
  });

  it('is sent once more at a stop signal, however long the wait was', async () => {
    const stop = new AbortController();
    let isUp = false;
    const busy = { status: 503, headers: { 'retry-after': '900' } };
    const retry = { attempts: 9, baseDelayMs: ENDLESS_MS, maxDelayMs: ENDLESS_MS };
    const setup = { stop: stop.signal, lastMs: ENDLESS_MS, retry };
    await using report = await startReport(sandbox.current, () => (isUp ? undefined : busy), setup);
    await report.said('Retrying callback');
    isUp = true;
    stop.abort(new Error('stop'));
    expect(await report.outcome).toMatchObject({ delivered: true, exitCode: 0 });
  });

  it('is not logged as still retried after a stop signal', async () => {
    const stop = AbortSignal.abort(new Error('stop'));
    await using report = await startReport(sandbox.current, () => down, { stop });
    expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
    expect(namesOf(report)).toEqual(['task.failed', 'callback.undelivered', 'note']);
    expect((await oneEntry(report))?.lease).toBeUndefined();
  });

  it('has no further attempt that the end after a stop signal may cut off: it would be ambiguous', async () => {
    const stop = AbortSignal.abort(new Error('stop'));
    // Less than an attempt may take.
    const setup = { stop, lastMs: 450 };
    await using report = await startReport(sandbox.current, () => down, setup);
    expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
    expect(report.door.seen.length).toBeLessThan(2);
  });

  it('is stored as soon as R2 takes it, while attempts go on', async () => {
    let isUp = false;
    const r2 = aboutOutbox('PUT', inTurn([{ status: 503 }, { status: 403 }]));
    await using report = await startReport(sandbox.current, () => (isUp ? undefined : down), {
      r2,
    });
    await report.said('could not be kept in the outbox yet');
    await report.said(HELD);
    isUp = true;
    expect(await report.outcome).toMatchObject({ delivered: true });
    expect(await report.entries()).toEqual({});
  });

  it('is stored at last when R2 stored it but its answers were lost', async () => {
    const r2 = aboutOutbox('PUT', (request) =>
      request.headers['if-match'] ? undefined : { resetAfter: true },
    );
    await using report = await startReport(sandbox.current, () => down, { r2, patienceMs: 2_000 });
    expect(await report.outcome).toMatchObject({ delivered: false });
    expect((await oneEntry(report))?.lease).toBeUndefined();
  });

  it('is only in the log when R2 never stores it, which the log says', async () => {
    const r2 = aboutOutbox('PUT', () => ({ status: 403 }));
    await using report = await startReport(sandbox.current, () => down, { r2, patienceMs: 1_000 });
    expect(await report.outcome).toMatchObject({ delivered: false });
    expect(report.lines.at(-1)).toContain('its body is in this log only');
  });

  it.each([
    ['was removed', (key: string) => sandbox.current.deleteObject(key)],
    ['is somebody else’s', (key: string) => sandbox.current.putObject(key, Buffer.from('{}'))],
  ])('is no longer sent once its entry %s', async (_, take) => {
    await using report = await startReport(sandbox.current, () => down);
    await report.said(HELD);
    const [key = ''] = Object.keys(await report.entries());
    await take(key);
    expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
    expect(report.lines.at(-1)).toContain('Another process has taken the callback over');
  });

  it('is still sent while R2 does not say who holds its entry', async () => {
    let isUp = false;
    const r2: FaultOf = ({ method }) => (method === 'HEAD' ? { status: 403 } : undefined);
    await using report = await startReport(sandbox.current, () => (isUp ? undefined : down), {
      r2,
    });
    await report.said(HELD);
    const sent = report.door.seen.length;
    await until(() => report.door.seen.length > sent + 2);
    isUp = true;
    expect(await report.outcome).toMatchObject({ delivered: true });
  });

  it('without an outbox is in the log, and attempts continue', async () => {
    let isUp = false;
    const setup = { outbox: false };
    await using report = await startReport(sandbox.current, () => (isUp ? undefined : down), setup);
    await report.said('Callback not delivered; attempts continue for ');
    isUp = true;
    expect(await report.outcome).toMatchObject({ delivered: true, exitCode: 0 });
    expect(report.lines.at(-1)).toContain('✓ Success');
  });
});

describe('an error that is not accepted', () => {
  it('is given up at the deadline, even if a success would be retried longer', async () => {
    await using report = await startReport(sandbox.current, () => down, { status: 'error' });
    expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
    expect(namesOf(report)).toEqual(['task.failed', 'callback.undelivered', 'note']);
    expect((await oneEntry(report))?.lease).toBeUndefined();
  });
});

describe('what the orchestrator says', () => {
  it.each(['Task not found', 'Batch not found'])('ends all attempts: %s', async (error) => {
    const answer = { status: 500, body: JSON.stringify({ error }) };
    await using report = await startReport(sandbox.current, () => answer);
    expect(await report.outcome).toMatchObject({ delivered: false });
    expect(report.door.seen).toHaveLength(1);
    expect(await oneEntry(report)).toMatchObject({ answer });
    expect(report.lines.join('\n')).not.toContain('probably');
  });

  it.each([
    ['by the deadline', ENDLESS_MS, ['task.failed', 'callback.undelivered', 'note']],
    [
      'after it',
      0,
      ['callback.undelivered', 'note', 'task.failed', 'callback.undelivered', 'note'],
    ],
  ])(
    'is “probably taken” when it no longer knows the task after an attempt whose answer was lost: %s',
    async (_, keepMs, names) => {
      const gone = { status: 500, body: '{"error":"Task not found"}' };
      let isOver = keepMs > 0;
      await using report = await startReport(
        sandbox.current,
        ({ sent }) => (sent === 1 ? { resetAfter: true } : isOver ? gone : down),
        { keepMs },
      );
      if (!isOver) await report.said(HELD);
      isOver = true;
      expect(await report.outcome).toMatchObject({ delivered: false, exitCode: 1 });
      const told = /Delivery is not confirmed: .* so the callback was probably taken/;
      expect(report.lines.find((line) => line.includes('✗ Error'))).toMatch(told);
      expect(namesOf(report)).toEqual(names);
      const last = report.events.findLast(({ event }) => event === 'callback.undelivered');
      expect(last).toMatchObject({ probably_taken: true });
      expect(last).not.toHaveProperty('continues_ms');
      // However often it is there, it is one callback.
      expect(searchLog(report.lines.join('\n')).undelivered).toHaveLength(1);
      const entry = await oneEntry(report);
      expect(entry?.error).toMatch(told);
      expect(entry?.unconfirmed).toBe(true);
    },
  );

  it('is logged and kept: one line, no more than 500 characters, no secret', async () => {
    const echo = { status: 400, body: `<p>\n${REPORT_SECRET}\u001b[31m\n${'x'.repeat(2_000)}` };
    await using report = await startReport(sandbox.current, () => echo);
    await report.outcome;
    const { answer } = (await oneEntry(report)) ?? {};
    expect(answer).toEqual({
      status: 400,
      body: `<p> [redacted]\\u001b[31m ${'x'.repeat(2_000)}`.slice(0, 500),
    });
    const line = report.lines.find((text) => text.includes('✗ Error')) ?? '';
    expect(line.endsWith(` Its answer: ${answer?.body}`)).toBe(true);
  });

  it('shows no part of a secret that was cut off at the reading limit', async () => {
    const echo = { status: 400, body: `no${' '.repeat(4_096 - 20)}${REPORT_SECRET}` };
    await using report = await startReport(sandbox.current, () => echo);
    await report.outcome;
    expect((await oneEntry(report))?.answer).toEqual({ status: 400, body: 'no' });
  });

  it('has no secret in the outbox, if one is in the status line', async () => {
    const echo = { status: 400, statusText: `No ${REPORT_SECRET}` };
    await using report = await startReport(sandbox.current, () => echo);
    await report.outcome;
    expect((await oneEntry(report))?.error).toContain('was answered 400 No [redacted]: ');
  });
});
