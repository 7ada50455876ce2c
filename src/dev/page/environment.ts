import { make } from '../../lib/browser/dom.ts';
import { countOf, numberOf } from '../../lib/browser/words.ts';
import type { DevState } from '../api.ts';
import { ask } from './ask.ts';
import { copyButton } from './copy-button.ts';
import type { Say } from './said.ts';
import { getVariables } from './server.ts';

const QUESTION =
  'The copy contains the secret access key of the local R2. Copy the variables with it?';

/** Shows a worker's variables; returns the function that updates them. */
export function showEnvironment(place: HTMLElement, say: Say): (state: DevState) => void {
  const code = make('code');
  const box = make(
    'pre',
    { className: 'variables', tabIndex: 0, role: 'group', 'aria-label': 'Variables' },
    code,
  );
  const command = make('code');
  const copyCommand = copyButton('Copy the command', async () => command.textContent ?? '', say);
  const copyVariables = async () =>
    (await ask(QUESTION, 'Copy')) ? await getVariables() : undefined;
  place.append(
    make('p', { className: 'soft' }, 'For your own worker: any that follows the contract.'),
    ...[box, make('p', { className: 'row' }, copyButton('Copy for a shell …', copyVariables, say))],
    make(
      'p',
      { className: 'soft' },
      'Secrets are masked here. Only you can read the file of this command, which has them:',
    ),
    make('p', { className: 'command' }, command),
    make('p', { className: 'row' }, copyCommand),
  );
  return (state) => {
    const lines = Object.entries(state.environment).map(([name, value]) => `${name}=${value}`);
    const text = lines.join('\n');
    if (code.textContent !== text) code.textContent = text;
    command.textContent = state.command;
  };
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
