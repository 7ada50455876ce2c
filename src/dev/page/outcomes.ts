import type { TaskState, TaskSummary } from '../api.ts';
import type { Model } from './model.ts';
import type { Say } from './said.ts';
import { outcomesText } from './task-words.ts';

/** Milliseconds: tasks that end within this time are announced together. */
const PAUSE = 1_000;

/** Announces how tasks end. */
export function sayOutcomes(model: Model, say: Say): void {
  const states = new Map<string, TaskState>();
  let ended: TaskSummary[] = [];
  const flush = () => {
    say(outcomesText(ended));
    ended = [];
  };
  const note = (task: TaskSummary) => {
    const before = states.get(task.id);
    states.set(task.id, task.state);
    if (!before || before === task.state || !['succeeded', 'failed'].includes(task.state)) return;
    if (ended.push(task) === 1) setTimeout(flush, PAUSE);
  };
  model.watch({ state: ({ tasks }) => tasks.forEach(note), task: note });
}
