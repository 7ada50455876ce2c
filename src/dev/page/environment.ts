import { button, make } from '../../lib/browser/dom.ts';
import { countOf, numberOf } from '../../lib/browser/words.ts';
import type { DevState } from '../api.ts';
import type { Say } from './said.ts';

/** Shows what a worker is to be started with; gives the function that shows it anew. */
export function showEnvironment(place: HTMLElement, say: Say): (state: DevState) => void {
  const code = make('code');
  const box = make(
    'pre',
    { className: 'variables', tabIndex: 0, role: 'group', 'aria-label': 'Variables' },
    code,
  );
  const copied = make('span', { className: 'soft' });
  const copy = button('Copy', async () => {
    const words = await copyText(code.textContent ?? '', box);
    copied.textContent = words;
    say(words);
  });
  place.append(
    make('p', { className: 'soft' }, 'For a worker of your own, whichever obeys the contract.'),
    ...[box, make('p', { className: 'row' }, copy, copied)],
    make(
      'p',
      { className: 'soft' },
      'Secrets are masked here. ',
      make('code', {}, 'arke-tiff dev --env-file .env.local'),
      ' writes them all to a file.',
    ),
  );
  return ({ environment }) => {
    const text = Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n');
    if (code.textContent !== text) code.textContent = text;
  };
}

/** Gives words on what became of it; where the browser does not let us, the text is selected instead. */
async function copyText(text: string, box: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied.';
  } catch {
    getSelection()?.selectAllChildren(box);
    return 'Selected: press Ctrl+C or ⌘C.';
  }
}

/** What a task may take, and how many run at a time. */
export function limitsText({ limits, max_upload_mb: upload }: DevState): string {
  const { memory_mb: memory, cpus, jobs } = limits;
  const parts = [
    memory === null ? 'no limit of memory' : `${numberOf(memory)} MB`,
    cpus === null ? 'all CPUs' : countOf(cpus, 'CPU'),
  ];
  return (
    `Each runs with ${parts.join(' and ')}, ${numberOf(jobs)} at a time. ` +
    `Files of up to ${numberOf(upload)} MB.`
  );
}
