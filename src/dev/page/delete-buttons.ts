import { countOf } from '../../lib/browser/words.ts';
import { ask } from './ask.ts';
import { busyButton } from './busy-button.ts';
import type { Model } from './model.ts';
import type { Say } from './said.ts';
import { deleteEnded, deleteTask } from './server.ts';
import { isUnderWay } from './task-words.ts';

const KEPT_OBJECTS = 'TIFFs and JPEGs stay in the local R2.';

/** Deletes a task after a question, and returns to the list. */
export function deleteButton(id: string, model: Model, fail: Say): HTMLButtonElement {
  const remove = async () => {
    const words = `Delete this task, with its log and callbacks? ${KEPT_OBJECTS}`;
    if (!(await ask(words, 'Delete'))) return;
    model.forget(await deleteTask(id));
    location.hash = '#/';
  };
  return busyButton('Delete …', remove, fail);
}

/** Deletes all tasks that have ended, after a question. */
export function clearButton(model: Model, say: Say): HTMLButtonElement {
  const clear = async () => {
    const ended = model.tasks().filter(({ state }) => !isUnderWay(state));
    const number = countOf(ended.length, 'ended task');
    const words = `Delete ${number}, with logs and callbacks, also what the filter hides? ${KEPT_OBJECTS}`;
    if (ended.length === 0) return say('No task has ended.');
    if (!(await ask(words, 'Delete'))) return;
    const deleted = await deleteEnded();
    model.forget(deleted);
    say(`${countOf(deleted.length, 'task')} deleted.`);
  };
  return busyButton('Delete ended tasks …', clear, say);
}
