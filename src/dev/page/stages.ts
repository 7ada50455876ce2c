import { make } from '../../lib/browser/dom.ts';
import { timeOf } from '../../lib/browser/words.ts';
import type { StageName, TaskSummary } from '../api.ts';

type TaskStages = TaskSummary['stages'];

/** What each stage is, for the page of a task. */
const MEANINGS: Readonly<Record<StageName, string>> = {
  start: 'the program starts and looks at R2',
  download: 'the TIFF comes from R2',
  convert: 'TIFF to JPEG',
  upload: 'the JPEG goes to R2',
  callback: 'the outcome is told',
};

/** The stages of a task in a row, each as long as its time. A picture: the numbers stand elsewhere. */
export function stageBar(stages: TaskStages): HTMLElement {
  const bar = make('span', { className: 'bar', 'aria-hidden': 'true' });
  fillBar(bar, stages);
  return bar;
}

/** Shows a bar's stages anew. */
export function fillBar(bar: HTMLElement, stages: TaskStages): void {
  bar.replaceChildren(
    ...stages.map(({ name, ms }) => {
      const part = make('span', { className: `stage ${name}`, title: `${name} ${timeOf(ms)}` });
      part.style.flexGrow = String(Math.max(ms, 1));
      return part;
    }),
  );
}

/** `download 120 ms, convert 1.2 s`. */
export function stagesText(stages: TaskStages): string {
  return stages.map(({ name, ms }) => `${name} ${timeOf(ms)}`).join(', ');
}

/** The bar with the name and the time of each of its parts. */
export function stagesFigure(stages: TaskStages): HTMLElement {
  return make(
    'div',
    { className: 'stages' },
    stageBar(stages),
    make(
      'ul',
      {},
      ...stages.map(({ name, ms }) =>
        make(
          'li',
          { title: MEANINGS[name] },
          make('span', { className: `key ${name}`, 'aria-hidden': 'true' }),
          make('span', {}, name),
          ' ',
          make('strong', {}, timeOf(ms)),
        ),
      ),
    ),
  );
}
