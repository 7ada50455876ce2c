import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '../../../../src/dev/api.ts';
import {
  countText,
  elapsedText,
  momentText,
  outcomesText,
  sizesText,
} from '../../../../src/dev/page/task-words.ts';

const START = '2026-01-02T10:00:00.000Z';
const at = (ms: number) => Date.parse(START) + ms;

const task = (fields: Partial<TaskSummary> = {}): TaskSummary => ({
  id: 'task_1',
  batch_id: 'batch_dev',
  name: 'scan.tif',
  input_key: 'staging/scan.tif',
  tiff_bytes: 2_097_152,
  state: 'succeeded',
  created_at: START,
  started_at: START,
  ended_at: new Date(at(1_500)).toISOString(),
  exit_code: 0,
  output_key: 'staging/scan.jpg',
  jpeg_bytes: 524_288,
  error: null,
  stages: [],
  warnings: 0,
  delivered_by_replay: false,
  callbacks: 1,
  settings: {},
  ...fields,
});

describe('words about a task', () => {
  it.each([
    ['what it took', task(), '1.5 s'],
    ['whole seconds while it runs', task({ state: 'running', ended_at: null }), '3 s'],
    ['nothing before it has begun', task({ started_at: null, ended_at: null }), ''],
  ])('tell %s', (_, one, words) => {
    expect(elapsedText(one, at(3_900))).toBe(words);
  });

  it.each([
    ['both sizes, and what is saved', {}, '2.1 MB → 524 kB (75 % saved)'],
    ['a JPEG that is larger without saying so', { tiff_bytes: 1024 }, '1.0 kB → 524 kB'],
    ['the TIFF alone', { jpeg_bytes: null }, '2.1 MB'],
    ['nothing of somebody else’s task', { tiff_bytes: null, jpeg_bytes: null }, ''],
  ])('tell %s', (_, fields, words) => {
    expect(sizesText(task(fields))).toBe(words);
  });

  it('count tasks by their states, in the order of a task’s life', () => {
    const tasks = [task(), task({ state: 'failed' }), task({ state: 'queued' }), task()];
    expect(countText(tasks)).toBe('4 tasks: 1 queued, 2 succeeded, 1 failed.');
  });

  it('count those that are shown, and of how many', () => {
    const failed = task({ state: 'failed' });
    expect(countText([failed], 3)).toBe('1 of 3 tasks: 1 failed.');
    expect(countText([], 3)).toBe('0 of 3 tasks.');
  });

  it('tell how tasks ended by their names, and of many how many', () => {
    const failed = task({ name: 'b.tif', state: 'failed' });
    expect(outcomesText([task(), failed])).toBe('scan.tif succeeded. b.tif failed.');
    expect(outcomesText([task(), failed, task()])).toBe('2 tasks succeeded. 1 task failed.');
  });

  it('tell the time of today alone, and else with its day', () => {
    const moment = new Date(2026, 0, 2, 9, 8, 7);
    expect(momentText(moment.toISOString(), new Date(2026, 0, 2, 23))).toBe('09:08:07');
    expect(momentText(moment.toISOString(), new Date(2026, 0, 3, 1))).toBe('2026-01-02 09:08:07');
  });
});
