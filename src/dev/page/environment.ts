import { button, make } from '../../lib/browser/dom.ts';
import { countOf, numberOf } from '../../lib/browser/words.ts';
import type { DevState } from '../api.ts';
import type { Say } from './said.ts';

/** Shows a worker's variables; returns the function that updates them. */
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
    make('p', { className: 'soft' }, 'For your own worker: any that follows the contract.'),
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

/**
 * Copies a text and reports the result; if the browser does not allow it, selects the text instead.
 */
async function copyText(text: string, box: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied.';
  } catch {
    getSelection()?.selectAllChildren(box);
    return 'Selected: press Ctrl+C or ⌘C.';
  }
}

/** The limits of a task, and how many run at once. */
export function limitsText({ limits, max_upload_mb: upload }: DevState): string {
  const { memory_mb: memory, cpus, jobs } = limits;
  const parts = [
    memory === null ? 'no memory limit' : `${numberOf(memory)} MB`,
    cpus === null ? 'all CPUs' : countOf(cpus, 'CPU'),
  ];
  return (
    `Each runs with ${parts.join(' and ')}, ${numberOf(jobs)} at a time. ` +
    `Files of up to ${numberOf(upload)} MB.`
  );
}
