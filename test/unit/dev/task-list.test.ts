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
  settings: {},
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

/** A list with what it saves and tells. */
function emptyList() {
  const acts: string[] = [];
  const list = createTaskList(
    [],
    {
      save: ({ summary: { id } }) => acts.push(`save ${id}`),
      remove: (id) => acts.push(`remove ${id}`),
    },
    { tell: ({ type }) => acts.push(`tell ${type}`) },
  );
  return { list, acts };
}

function afterCallbacks(...callbacks: readonly CallbackRecord[]): TaskSummary {
  const { list } = emptyList();
  const record = list.add(summary);
  for (const callback of callbacks) list.addCallback(record, callback);
  return record.summary;
}

describe('a task', () => {
  it('counts the warnings of its log, and nothing that only looks like one', () => {
    const { list } = emptyList();
    const record = list.add(summary);
    for (const line of ['[t] Warning: 2 pages', 'Warning: x', '[t] ✓ Success in 3ms'])
      list.addLine(record, line);
    expect(record.summary.warnings).toBe(1);
  });

  it('that was deleted is neither saved nor told of again', () => {
    const { list, acts } = emptyList();
    const record = list.add(summary);
    list.addCallback(record, received(200));
    acts.length = 0;
    list.remove(['task_1']);
    list.change(record, { error: 'late' });
    list.addLine(record, '[t] Warning: late');
    list.setFacts(record, {});
    for (const callback of record.received)
      list.setForwarded(record, callback, { url: '', status: 200, body: '', ms: 1, error: null });
    expect(acts.filter((act) => act !== 'tell log')).toEqual(['remove task_1', 'tell removed']);
    expect(list.all()).toEqual([]);
  });

  it('gets an id that no other had, kept or not', () => {
    const { list } = emptyList();
    list.add(summary);
    list.skipIds(['task_7', 'other', 'task_3']);
    expect(list.newId()).toBe('task_8');
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
