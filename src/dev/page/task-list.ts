import { make } from '../../lib/browser/dom.ts';
import type { TaskSummary } from '../api.ts';
import type { Model } from './model.ts';
import { rowFor, type TaskRow } from './task-row.ts';
import { countText } from './task-words.ts';

/** Interval of the clock, in milliseconds. */
const TICK = 1_000;

/** Shown while the list is empty. */
const EMPTY =
  'No task yet. Drop a TIFF above: it is stored in the local R2 and converted by a real arke-tiff run. ' +
  'Or start your own worker with the environment on this page: its callbacks appear here too.';

/** Elements of the list in the page. */
export interface ListPlaces {
  readonly list: HTMLElement;
  readonly count: HTMLElement;
}

/** Shows all tasks live. Returns a function that focuses one of them. */
export function showTasks(
  model: Model,
  { list, count }: ListPlaces,
): { focus(id: string): boolean } {
  const rows = new Map<string, TaskRow>();
  const tick = () => {
    for (const { id, state } of model.tasks())
      if (state === 'running') rows.get(id)?.tick(Date.now());
  };
  const refresh = () => {
    const tasks = model.tasks();
    count.textContent = tasks.length > 0 ? countText(tasks) : '';
    for (const id of [...rows.keys()].filter((id) => !model.task(id))) rows.delete(id);
    place(
      list,
      tasks.map((task) => rowOf(rows, task).element),
    );
    list.classList.toggle('none', tasks.length === 0);
    if (tasks.length === 0 && model.state())
      list.replaceChildren(make('li', { className: 'empty' }, EMPTY));
  };
  model.watch({ state: refresh, task: refresh });
  setInterval(tick, TICK);
  return {
    focus: (id) => {
      rows.get(id)?.link.focus();
      return rows.has(id);
    },
  };
}

function rowOf(rows: Map<string, TaskRow>, task: TaskSummary): TaskRow {
  const row = rows.get(task.id) ?? rowFor(task);
  rows.set(task.id, row);
  row.show(task);
  return row;
}

/**
 * Makes these the children, without moving those already in place: a moved element loses its focus.
 */
function place(list: HTMLElement, wanted: readonly HTMLElement[]): void {
  const keep = new Set<Element>(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  for (const [at, element] of wanted.entries()) {
    const there = list.children[at];
    if (there !== element) list.insertBefore(element, there ?? null);
  }
}
