import { make } from '../../lib/browser/dom.ts';
import { countOf } from '../../lib/browser/words.ts';
import type { TaskSummary } from '../api.ts';
import type { Model } from './model.ts';
import { openFilter } from './task-filter.ts';
import { rowFor, type TaskRow } from './task-row.ts';
import { countText } from './task-words.ts';

/** Interval of the clock, in milliseconds. */
const TICK = 1_000;

/** Shown while the list is empty. */
const EMPTY =
  'No task yet. Drop a TIFF above: it is stored in the local R2 and converted by a real arke-tiff run. ' +
  'Or start your own worker with the environment on this page: its callbacks appear here too.';

/** How many of the newest tasks have a row at first, and how many more each time. */
const STEP = 100;

/** Elements of the list in the page. */
export interface ListPlaces {
  readonly list: HTMLElement;
  readonly count: HTMLElement;
  /** Shows more tasks. */
  readonly more: HTMLElement;
  /** For a list with tasks only. */
  readonly tools: HTMLElement;
}

/**
 * Shows the newest tasks live, and older ones on request: rows for all would slow the page down.
 * Returns a function that focuses one of them.
 */
export function showTasks(
  model: Model,
  { list, count, more, tools }: ListPlaces,
): { focus(id: string): boolean } {
  const rows = new Map<string, TaskRow>();
  let most = STEP;
  const isShown = ({ id }: TaskSummary, place: number) =>
    // A row that leaves would take the focus with it.
    place < most || rows.get(id)?.element.contains(document.activeElement) === true;
  const tick = () => {
    for (const [id, row] of rows) if (model.task(id)?.state === 'running') row.tick(Date.now());
  };
  const refresh = () => {
    const all = model.tasks();
    const tasks = filter.of(all);
    count.textContent = all.length > 0 ? countText(tasks, all.length) : '';
    tools.hidden = all.length === 0;
    const shown = tasks.filter(isShown);
    const ids = new Set(shown.map(({ id }) => id));
    for (const id of [...rows.keys()].filter((id) => !ids.has(id))) rows.delete(id);
    place(
      list,
      shown.map((task) => rowOf(rows, task).element),
    );
    const left = tasks.length - shown.length;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(left, STEP)} more of ${countOf(left, 'older task')}`;
    list.classList.toggle('none', tasks.length === 0);
    if (tasks.length === 0 && model.state())
      list.replaceChildren(
        make('li', { className: 'empty' }, filter.isOn() ? 'No task matches.' : EMPTY),
      );
  };
  const filter = openFilter(refresh);
  /** Shows at least so many; focuses the one at this place. */
  const showTo = (place: number) => {
    most = Math.max(most, Math.ceil((place + 1) / STEP) * STEP);
    refresh();
    const task = filter.of(model.tasks())[place];
    const row = task && rows.get(task.id);
    row?.link.focus();
    return row !== undefined;
  };
  more.addEventListener('click', () => showTo(most));
  model.watch({ state: refresh, task: refresh, removed: refresh });
  setInterval(tick, TICK);
  const placeOf = (id: string) => filter.of(model.tasks()).findIndex((task) => task.id === id);
  return { focus: (id) => showTo(placeOf(id)) };
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
