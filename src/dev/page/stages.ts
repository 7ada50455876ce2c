import { make } from '../../lib/browser/dom.ts';
import { timeOf } from '../../lib/browser/words.ts';
import type { StageName, TaskSummary } from '../api.ts';

type TaskStages = TaskSummary['stages'];

/** Explanations of the stages, for a task's page. */
const MEANINGS: Readonly<Record<StageName, string>> = {
  start: 'the program starts and checks R2',
  download: 'TIFF from R2',
  convert: 'TIFF to JPEG',
  upload: 'JPEG to R2',
  callback: 'outcome to the orchestrator',
};

/** A task's stages in a row, each as long as its time. Decorative: the numbers are elsewhere. */
export function stageBar(stages: TaskStages): HTMLElement {
  const bar = make('span', { className: 'bar', 'aria-hidden': 'true' });
  fillBar(bar, stages);
  return bar;
}

/** Updates a bar's stages. */
export function fillBar(bar: HTMLElement, stages: TaskStages): void {
  bar.replaceChildren(
    ...stages.map(({ name, ms, failed }) => {
      const className = `stage ${name}${failed ? ' failed' : ''}`;
      const part = make('span', { className, title: stageText({ name, ms, failed }) });
      part.style.flexGrow = String(Math.max(ms, 1));
      return part;
    }),
  );
}

/** `convert 1.2 s`, `convert 1.2 s, failed`. */
function stageText({ name, ms, failed }: TaskStages[number]): string {
  return `${name} ${timeOf(ms)}${failed ? ', failed' : ''}`;
}

/** `download 120 ms, convert 1.2 s`. */
export function stagesText(stages: TaskStages): string {
  return stages.map(stageText).join(', ');
}

/** The bar with names and times of its parts. */
export function stagesFigure(stages: TaskStages): HTMLElement {
  return make(
    'div',
    { className: 'stages' },
    stageBar(stages),
    make(
      'ul',
      {},
      ...stages.map(({ name, ms, failed }) =>
        make(
          'li',
          { title: MEANINGS[name] },
          make('span', {
            className: `key ${name}${failed ? ' failed' : ''}`,
            'aria-hidden': 'true',
          }),
          make('span', {}, failed ? `${name} (failed)` : name),
          ' ',
          make('strong', {}, timeOf(ms)),
        ),
      ),
    ),
  );
}
