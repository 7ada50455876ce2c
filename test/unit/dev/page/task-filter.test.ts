import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '../../../../src/dev/api.ts';
import { isMatch } from '../../../../src/dev/page/task-words.ts';

const task = {
  id: 'task_7',
  batch_id: 'dev',
  name: 'Übersicht Blatt 2.tif',
  input_key: 'staging/dev/task_7/Übersicht Blatt 2.tif',
  output_key: null,
  error: 'Failed to convert TIFF: it is damaged',
  state: 'failed',
} as TaskSummary;

describe('the filter of the list', () => {
  it.each([
    ['nothing', '', ''],
    ['a part of the name, whatever its case', 'übersicht', ''],
    ['several words, in any order', '2.tif  blatt', ''],
    ['the id', 'task_7', ''],
    ['the error', 'damaged', ''],
    ['the state', '', 'failed'],
    ['both', ' blatt ', 'failed'],
  ])('finds a task by %s', (_, text, state) => {
    expect(isMatch(task, text, state)).toBe(true);
  });

  it.each([
    ['a word that it lacks', 'blatt 3', ''],
    ['another state', 'blatt', 'succeeded'],
  ])('leaves it out for %s', (_, text, state) => {
    expect(isMatch(task, text, state)).toBe(false);
  });
});
