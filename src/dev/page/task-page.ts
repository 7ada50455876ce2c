import { make } from '../../lib/browser/dom.ts';
import { type Fact, factsList } from '../../lib/browser/facts-list.ts';
import { nameText } from '../../lib/browser/name-text.ts';
import { sizeOf, visible } from '../../lib/browser/words.ts';
import type { TaskDetail, TaskSummary } from '../api.ts';
import { busyButton, switchButton } from './busy-button.ts';
import { callbackList } from './callbacks.ts';
import { comparisonOf } from './compare.ts';
import { followTask } from './follow-task.ts';
import { logView } from './log-view.ts';
import type { Model } from './model.ts';
import { replayOf } from './replay.ts';
import { runAgain } from './server.ts';
import { stagesFigure } from './stages.ts';
import { showBadges } from './task-row.ts';
import { elapsedText, momentText, pageTitle, STATES, sizesText } from './task-words.ts';
import { tiffFacts } from './tiff-facts.ts';

/** Shows a task until the returned function is called. */
export function showTask(id: string, model: Model, place: HTMLElement): () => void {
  const parts = partsOf(id, model);
  const { pictures, log, callbacks, replay } = parts;
  place.replaceChildren(...layoutOf(parts));
  const summary = (task: TaskSummary) => showSummary(task, parts);
  const known = model.task(id);
  if (known) summary(known);
  const stop = followTask(id, model, {
    summary,
    detail: (detail: TaskDetail) => {
      summary(detail);
      log.set(detail.log);
      callbacks.set(detail.received);
      replay.enable(callbacks.count() > 0);
      parts.facts.replaceChildren(...tiffFacts(detail.facts));
      parts.taken.replaceChildren(...takenWords(detail));
    },
    line: log.add,
    received: (record) => {
      callbacks.add(record);
      replay.enable(true);
    },
    problem: (words) => {
      parts.problem.textContent = words;
    },
  });
  return () => {
    stop();
    pictures.close();
  };
}

type Parts = ReturnType<typeof partsOf>;

function partsOf(id: string, model: Model) {
  const problem = make('p', { className: 'problem', role: 'alert' });
  const again = busyButton(
    'Run again',
    async () => {
      problem.textContent = '';
      model.learn(await runAgain(id));
    },
    (words) => {
      problem.textContent = words;
    },
  );
  const replay = replayOf(id);
  replay.enable(false);
  return {
    problem,
    again,
    replay,
    title: make('h1', { id: 'task-title', tabIndex: -1 }, visible(id)),
    state: make('span', { className: 'status' }),
    about: make('span', { className: 'soft' }),
    badges: make('span', { className: 'badges' }),
    error: make('p', { className: 'said bad', dir: 'auto', hidden: true }),
    stages: make('div'),
    summary: make('div'),
    facts: make('div'),
    taken: make('p', { className: 'soft' }),
    pictures: comparisonOf(),
    log: logView(),
    callbacks: callbackList(),
  };
}

function layoutOf(parts: Parts): HTMLElement[] {
  const { title, state, about, badges, again, problem, error, stages, summary, facts } = parts;
  const section = (name: string, ...content: readonly Node[]) =>
    make('section', { 'aria-label': name }, make('h2', {}, name), ...content);
  return [
    make('p', { className: 'back' }, make('a', { href: '#/' }, '← All tasks')),
    make(
      'div',
      { className: 'head' },
      title,
      make('p', { className: 'row' }, state, about, badges, again),
    ),
    ...[problem, error, stages],
    make(
      'div',
      { className: 'columns' },
      make(
        'div',
        { className: 'left' },
        section('TIFF and JPEG', parts.pictures.element),
        section('Log', parts.log.element),
      ),
      make(
        'div',
        { className: 'right' },
        section('Callbacks', parts.taken, parts.replay.element, parts.callbacks.element),
        section('Task', summary),
        section('TIFF', facts),
      ),
    ),
  ];
}

function showSummary(task: TaskSummary, parts: Parts): void {
  const { title, state, about, badges, again, error, stages, summary, pictures } = parts;
  const { name, stages: timings } = task;
  if (title.textContent !== visible(name)) title.replaceChildren(nameText(name));
  document.title = pageTitle(name);
  state.className = `status ${task.state}`;
  state.textContent = STATES[task.state];
  about.textContent = [
    ...[task.ended_at === null ? '' : elapsedText(task, Date.now()), sizesText(task)],
    momentText(task.created_at, new Date()),
  ]
    .filter((text) => text !== '')
    .join(' · ');
  showBadges(badges, task);
  again.hidden = task.state === 'elsewhere';
  switchButton(again, task.state !== 'queued' && task.state !== 'running');
  error.hidden = task.error === null;
  error.textContent = task.error;
  stages.replaceChildren(stagesFigure(timings));
  summary.replaceChildren(factsList(summaryFacts(task)));
  pictures.show(task);
}

/** The task as the orchestrator sees it; nothing if it was not told about it. */
function takenWords({ orchestrator }: TaskDetail): string[] {
  if (orchestrator === null) return [];
  const { status, error } = orchestrator;
  const words = visible([status, error].filter(Boolean).join(': '));
  return [`For the orchestrator the task is ${words.replace(/\.$/, '')}.`];
}

function summaryFacts(task: TaskSummary): Fact[] {
  const { exit_code: code, jpeg_bytes: bytes } = task;
  return [
    ['Task', visible(task.id)],
    ['Batch', visible(task.batch_id)],
    ['Input', make('code', {}, visible(task.input_key))],
    ['Output', task.output_key === null ? undefined : make('code', {}, visible(task.output_key))],
    ['JPEG', bytes === null ? undefined : sizeOf(bytes)],
    ['Exit code', code === null ? undefined : String(code)],
  ];
}
