import { make } from '../../lib/browser/dom.ts';
import { nameText } from '../../lib/browser/name-text.ts';
import { countOf } from '../../lib/browser/words.ts';
import type { TaskSummary } from '../api.ts';
import { taskAddress } from './route.ts';
import { fillBar, stageBar, stagesText } from './stages.ts';
import { badgesOf, elapsedText, momentText, STATES, sizesText } from './task-words.ts';

/** A task in the list. */
export interface TaskRow {
  readonly element: HTMLLIElement;
  readonly link: HTMLAnchorElement;
  /** Updates what has changed. */
  show(task: TaskSummary): void;
  /** Updates the elapsed time. */
  tick(now: number): void;
}

/** A row for a task. */
export function rowFor(task: TaskSummary): TaskRow {
  const link = make('a', { href: taskAddress(task.id) }, nameText(task.name || task.id));
  const parts = {
    state: make('span'),
    bar: stageBar(task.stages),
    stages: make('span', { className: 'unseen' }),
    time: make('span', { className: 'time' }),
    about: make('span', { className: 'about' }),
    badges: make('span', { className: 'badges' }),
    error: make('p', { className: 'error', dir: 'auto', hidden: true }),
  };
  const { state, bar, stages, time, about, badges, error } = parts;
  const element = make(
    'li',
    { className: 'task' },
    ...[make('span', { className: 'title' }, link, badges), state],
    make('span', { className: 'took' }, bar, stages, time),
    ...[about, error],
  );
  let shown = task;
  const tick = (now: number) => setText(time, elapsedText(shown, now));
  const show = (now: TaskSummary) => {
    shown = now;
    state.className = `status ${now.state}`;
    setText(state, STATES[now.state]);
    fillBar(bar, now.stages);
    setText(stages, stagesText(now.stages));
    setText(about, aboutText(now));
    showBadges(badges, now);
    error.hidden = now.error === null;
    setText(error, now.error ?? '');
    tick(Date.now());
  };
  show(task);
  return { element, link, show, tick };
}

function aboutText(task: TaskSummary): string {
  const { created_at: created, callbacks } = task;
  return [sizesText(task), momentText(created, new Date()), countOf(callbacks, 'callback')]
    .filter((text) => text !== '')
    .join(' · ');
}

/** Shows a task's badges in their place. */
export function showBadges(place: HTMLElement, task: TaskSummary): void {
  const words = badgesOf(task);
  const shown = [...place.children].map(({ textContent }) => textContent);
  if (words.join() === shown.join()) return;
  place.replaceChildren(...words.map((text) => make('span', { className: 'badge' }, text)));
}

/** Sets a text only if it differs, to keep the selection. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
