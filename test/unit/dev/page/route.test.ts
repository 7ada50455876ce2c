import { describe, expect, it } from 'vitest';
import { routeOf, taskAddress } from '../../../../src/dev/page/route.ts';

describe('an address of the page', () => {
  it.each(['task_1', 'their batch/task ü%'])('leads to the task %s and back', (id) => {
    expect(routeOf(taskAddress(id))).toEqual({ task: id });
  });

  it.each(['', '#/', '#/elsewhere'])('that is "%s" is the overview', (hash) => {
    expect(routeOf(hash)).toEqual({});
  });

  it('that is an anchor within the page leads nowhere else', () => {
    expect(routeOf('#main')).toBeUndefined();
  });

  it('that is mistyped is used as it is', () => {
    expect(routeOf('#/tasks/%E0%A4')).toEqual({ task: '%E0%A4' });
  });
});
