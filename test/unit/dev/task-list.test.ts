import { describe, expect, it } from 'vitest';
import type { CallbackRecord, TaskSummary } from '../../../src/dev/api.ts';
import { createTaskList } from '../../../src/dev/task-list.ts';
import { notRun } from '../../../src/dev/task-store.ts';

const STARTED = '2026-01-02T03:04:05.000Z';
const LATER = '2026-01-02T03:05:00.000Z';
const BEFORE = '2026-01-02T03:00:00.000Z';

const summary: TaskSummary = {
  id: 'task_1',
  batch_id: 'dev',
  name: 'scan.tif',
  input_key: 'staging/scan.tif',
  tiff_bytes: 1,
  state: 'running',
  created_at: BEFORE,
  callbacks: 0,
  ...notRun,
  started_at: STARTED,
};

function received(status: number, { replay = false, at = LATER } = {}): CallbackRecord {
  const answer = { status, fault: null };
  return {
    at,
    method: 'POST',
    path: '/callback/dev/task_1',
    headers: {},
    body: '',
    answer,
    replay,
  };
}

function afterCallbacks(...callbacks: readonly CallbackRecord[]): TaskSummary {
  const list = createTaskList([], { save: () => {} }, { tell: () => {} });
  const record = list.add(summary);
  for (const callback of callbacks) list.addCallback(record, callback);
  return record.summary;
}

describe('a task', () => {
  it('counts the warnings of its log, and nothing that only looks like one', () => {
    const list = createTaskList([], { save: () => {} }, { tell: () => {} });
    const record = list.add(summary);
    for (const line of ['[t] Warning: 2 pages', 'Warning: x', '[t] ✓ Success in 3ms'])
      list.addLine(record, line);
    expect(record.summary.warnings).toBe(1);
  });

  it.each<[string, boolean, readonly CallbackRecord[]]>([
    [
      'was taken only when it was sent again',
      true,
      [received(500), received(200, { replay: true })],
    ],
    ['was taken at once', false, [received(200), received(200, { replay: true })]],
    ['was not taken', false, [received(500), received(500, { replay: true })]],
    [
      'of an earlier run was taken at once',
      true,
      [received(200, { at: BEFORE }), received(500), received(200, { replay: true })],
    ],
  ])('whose outcome %s: delivered by replay is %s', (_, is, callbacks) => {
    expect(afterCallbacks(...callbacks).delivered_by_replay).toBe(is);
  });
});
