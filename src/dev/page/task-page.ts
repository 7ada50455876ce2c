import { make } from '../../lib/browser/dom.ts';
import { type Fact, factsList } from '../../lib/browser/facts-list.ts';
import { nameText } from '../../lib/browser/name-text.ts';
import { sizeOf, visible } from '../../lib/browser/words.ts';
import type { TaskDetail, TaskSummary } from '../api.ts';
import { busyButton, switchButton } from './busy-button.ts';
import { callbackList } from './callbacks.ts';
import { comparisonOf } from './compare.ts';
import { copyButton } from './copy-button.ts';
import { deleteButton } from './delete-buttons.ts';
import { followTask } from './follow-task.ts';
import { logView } from './log-view.ts';
import type { Model } from './model.ts';
import { replayOf } from './replay.ts';
import { runAgain } from './server.ts';
import { stagesFigure } from './stages.ts';
import { showBadges } from './task-row.ts';
import { elapsedText, isUnderWay, momentText, pageTitle, STATES, sizesText } from './task-words.ts';
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
      // It stays the same, and may have the focus.
      if (!parts.command.hasChildNodes()) parts.command.append(...commandOf(detail));
    },
    line: log.add,
    received: (record) => {
      callbacks.add(record);
      replay.enable(true);
    },
    problem: (words) => {
      parts.problem.textContent = words;
    },
    gone: () => {
      document.title = pageTitle();
      place.replaceChildren(...goneWords(id));
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
  const fail = (words: string) => {
    problem.textContent = words;
  };
  const again = busyButton(
    'Run again',
    async () => {
      problem.textContent = '';
      model.learn(await runAgain(id));
    },
    fail,
  );
  const remove = deleteButton(id, model, fail);
  const replay = replayOf(id);
  replay.enable(false);
  return {
    problem,
    again,
    remove,
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
    command: make('div'),
    pictures: comparisonOf(),
    log: logView(),
    callbacks: callbackList(() => originOf(model)),
  };
}

/** The orchestrator's address, from a worker's variables. */
function originOf(model: Model): string {
  return URL.parse(model.state()?.environment['CALLBACK_URL'] ?? '')?.origin ?? '';
}

function backLink(): HTMLElement {
  return make('p', { className: 'back' }, make('a', { href: '#/' }, '← All tasks'));
}

function goneWords(id: string): HTMLElement[] {
  return [
    backLink(),
    make('h1', { id: 'task-title', tabIndex: -1 }, `There is no task ${visible(id)}`),
    make('p', {}, 'It was deleted, or belongs to another --folder.'),
  ];
}

/** How to run the task in a shell. */
function commandOf({ command }: TaskDetail): HTMLElement[] {
  if (command === null) return [];
  return [
    make('p', { className: 'soft' }, 'To run it in a terminal, with the secrets read from a file:'),
    make('p', { className: 'command' }, make('code', {}, command)),
    copyButton('Copy the command', async () => command),
  ];
}

function layoutOf(parts: Parts): HTMLElement[] {
  const { title, state, about, badges, again, remove, problem, error, stages } = parts;
  const section = (name: string, ...content: readonly Node[]) =>
    make('section', { 'aria-label': name }, make('h2', {}, name), ...content);
  return [
    backLink(),
    make(
      'div',
      { className: 'head' },
      title,
      make('p', { className: 'row' }, state, about, badges, again, remove),
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
        section('Task', parts.summary, parts.command),
        section('TIFF', parts.facts),
      ),
    ),
  ];
}

function showSummary(task: TaskSummary, parts: Parts): void {
  const { title, state, about, badges, again, remove, error, stages, summary, pictures } = parts;
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
  for (const one of [again, remove]) switchButton(one, !isUnderWay(task.state));
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
    ...Object.entries(task.settings),
    ['Exit code', code === null ? undefined : String(code)],
  ];
}
