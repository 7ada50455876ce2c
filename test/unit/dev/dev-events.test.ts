import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '../../../src/dev/api.ts';
import { type DevEvent, joinedEvents } from '../../../src/dev/dev-events.ts';

const task = (id: string, state: string): DevEvent => ({
  type: 'task',
  data: { id, state } as TaskSummary,
});
const log = (id: string, line: string): DevEvent => ({ type: 'log', data: { id, line } });
const removed = (...ids: string[]): DevEvent => ({ type: 'removed', data: { ids } });
const faults: DevEvent = { type: 'faults', data: { callback: null, storage: null } };

describe('events that come close together', () => {
  it('are sent as three for a whole task: its last state, all its lines, its callback', () => {
    const record = {} as Extract<DevEvent, { type: 'callback' }>['data']['record'];
    const events: DevEvent[] = [
      task('a', 'queued'),
      task('a', 'running'),
      ...Array.from({ length: 8 }, (_, line) => log('a', `${line}`)),
      { type: 'callback', data: { id: 'a', record } },
      task('a', 'succeeded'),
    ];
    expect(joinedEvents(events)).toEqual([
      task('a', 'succeeded'),
      { type: 'log', data: { id: 'a', lines: [...'01234567'] } },
      { type: 'callback', data: { id: 'a', record } },
    ]);
  });

  it('stay separate for each task, and lose nothing else', () => {
    const events = [task('a', 'running'), log('b', '1'), faults, task('b', 'failed'), faults];
    expect(joinedEvents([...events, log('b', '2'), log('a', '3')])).toEqual([
      task('a', 'running'),
      { type: 'log', data: { id: 'b', lines: ['1', '2'] } },
      faults,
      task('b', 'failed'),
      faults,
      { type: 'log', data: { id: 'a', lines: ['3'] } },
    ]);
  });

  it('leave a task that came after another of its id was deleted', () => {
    const events = [task('a', 'failed'), removed('a'), task('a', 'elsewhere')];
    expect(joinedEvents(events)).toEqual(events.slice(1));
  });
});
