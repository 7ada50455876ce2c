import {
  countOf,
  numberOf,
  percentOf,
  savedOf,
  sizeOf,
  timeOf,
  visible,
} from '../../lib/browser/words.ts';
import type { TaskState, TaskSummary } from '../api.ts';

/** A state in words, with a sign for those who do not see its colour. */
export const STATES: Readonly<Record<TaskState, string>> = {
  queued: '○ queued',
  running: '◐ running',
  succeeded: '✓ succeeded',
  failed: '✗ failed',
  elsewhere: '↗ elsewhere',
};

/** Whether a task waits or runs. */
export function isUnderWay(state: TaskState): boolean {
  return state === 'queued' || state === 'running';
}

/** The page's title: the program, and the task shown. */
export function pageTitle(task?: string): string {
  return task === undefined ? 'arke-tiff dev' : `${visible(task)} · arke-tiff dev`;
}

/** Elapsed time of a task, in milliseconds; undefined before it has started. */
export function elapsedOf(task: TaskSummary, now: number): number | undefined {
  const { started_at: start, ended_at: end } = task;
  if (start === null) return undefined;
  const last = end === null ? now : Date.parse(end);
  return Math.max(0, last - Date.parse(start));
}

/** The elapsed time in words; whole seconds while it runs. */
export function elapsedText(task: TaskSummary, now: number): string {
  const ms = elapsedOf(task, now);
  if (ms === undefined) return '';
  return task.ended_at === null ? `${Math.floor(ms / 1_000)} s` : timeOf(ms);
}

/** `17.4 MB → 852 kB, 95 % saved`, as far as known. */
export function sizesText({ tiff_bytes: tiff, jpeg_bytes: jpeg }: TaskSummary): string {
  if (tiff === null) return jpeg === null ? '' : sizeOf(jpeg);
  if (jpeg === null) return sizeOf(tiff);
  const saved = savedOf(tiff, jpeg);
  const gain = saved !== undefined && saved > 0 ? ` (${percentOf(Math.floor(saved))} saved)` : '';
  return `${sizeOf(tiff)} → ${sizeOf(jpeg)}${gain}`;
}

/** `3 tasks: 1 running, 2 succeeded.`, in the order of a task's life; `3 of 5 tasks: …`. */
export function countText(tasks: readonly TaskSummary[], all = tasks.length): string {
  const order = Object.keys(STATES) as TaskState[];
  const counts = order.flatMap((state) => {
    const count = tasks.filter((task) => task.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  const part = tasks.length < all ? `${numberOf(tasks.length)} of ` : '';
  return `${[`${part}${countOf(all, 'task')}`, counts.join(', ')].filter(Boolean).join(': ')}.`;
}

/** A time of day; with the date if it is not today. */
export function momentText(iso: string, now: Date): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === now.toDateString();
  const time = at.toLocaleTimeString('en-GB');
  return isToday ? time : `${at.toLocaleDateString('en-CA')} ${time}`;
}

/** What else there is to know of a task: `⚠ 2 warnings`, `delivered by replay`. */
export function badgesOf({ warnings, delivered_by_replay: replayed }: TaskSummary): string[] {
  return [
    ...(warnings > 0 ? [`⚠ ${countOf(warnings, 'warning')}`] : []),
    ...(replayed ? ['delivered by replay'] : []),
  ];
}

/** This many are named. */
const MOST_NAMES = 2;

/** `a.tif succeeded. b.tif failed.`; for more tasks, their number. */
export function outcomesText(ended: readonly TaskSummary[]): string {
  if (ended.length <= MOST_NAMES)
    return ended.map(({ name, state }) => `${visible(name)} ${state}.`).join(' ');
  const failed = ended.filter(({ state }) => state === 'failed').length;
  const succeeded = ended.length - failed;
  return [
    ...(succeeded > 0 ? [`${countOf(succeeded, 'task')} succeeded.`] : []),
    ...(failed > 0 ? [`${countOf(failed, 'task')} failed.`] : []),
  ].join(' ');
}

/** Whether a task is in this state (empty: any), and has each of the words in its texts. */
export function isMatch(task: TaskSummary, text: string, state: string): boolean {
  const { id, batch_id, name, input_key, output_key, error } = task;
  const all = [id, batch_id, name, input_key, output_key, error].join(' ').toLowerCase();
  const words = text.toLowerCase().split(/\s+/);
  return (state === '' || task.state === state) && words.every((word) => all.includes(word));
}
