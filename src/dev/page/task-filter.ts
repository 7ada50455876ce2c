import { byId, make } from '../../lib/browser/dom.ts';
import type { TaskSummary } from '../api.ts';
import { isMatch, STATES } from './task-words.ts';

/** Chooses tasks of the list by text and state. */
export interface TaskFilter {
  /** The tasks that match, and whether anything is asked for. */
  of(tasks: readonly TaskSummary[]): readonly TaskSummary[];
  isOn(): boolean;
}

/** The filter in the page; `onChange` is called when something else is asked for. */
export function openFilter(onChange: () => void): TaskFilter {
  const field = byId<HTMLInputElement>('filter');
  const choice = byId<HTMLSelectElement>('state');
  const options = Object.entries(STATES).map(([value, text]) => make('option', { value }, text));
  choice.append(make('option', { value: '' }, 'all states'), ...options);
  field.addEventListener('input', onChange);
  choice.addEventListener('change', onChange);
  return {
    of: (tasks) => tasks.filter((task) => isMatch(task, field.value, choice.value)),
    isOn: () => field.value.trim() !== '' || choice.value !== '',
  };
}
