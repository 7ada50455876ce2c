import { make } from '../../lib/browser/dom.ts';
import { timeOf } from '../../lib/browser/words.ts';
import type { ReplayResult } from '../api.ts';
import { busyButton, switchButton } from './busy-button.ts';
import { replay } from './server.ts';

/** The button that sends a task's last callback again. */
export interface Replay {
  readonly element: HTMLElement;
  /** Whether there is anything to send. */
  enable(isEnabled: boolean): void;
}

const WORDS =
  'Sends the last body again, byte for byte and with its webhook-id, as “arke-tiff callback” does. ' +
  'The orchestrator would count a success twice.';

/** Sends the last callback of a task again when pressed, and shows the result. */
export function replayOf(id: string): Replay {
  const result = make('div', { className: 'result', role: 'status' });
  const send = busyButton(
    'Replay',
    async () => {
      result.replaceChildren(make('p', {}, 'Sending …'));
      result.replaceChildren(...resultOf(await replay(id)));
    },
    (words) => result.replaceChildren(make('p', { className: 'said bad' }, words)),
  );
  const about = make('p', { className: 'soft' }, WORDS);
  return {
    element: make('div', { className: 'replay' }, send, about, result),
    enable: (isEnabled) => {
      switchButton(send, isEnabled);
      about.textContent = isEnabled ? WORDS : 'No callback yet.';
    },
  };
}

function resultOf({ delivered, status, body, ms, error }: ReplayResult): HTMLElement[] {
  const answered = status === null ? '' : ` Answered ${status}`;
  const head = delivered
    ? `✓ Delivered.${answered} in ${timeOf(ms)}.`
    : `✗ Not delivered.${answered && `${answered}.`}`;
  return [
    make('p', { className: delivered ? 'good' : 'bad' }, make('strong', {}, head)),
    ...(error ? [make('p', { dir: 'auto' }, error)] : []),
    ...(body ? [make('pre', { tabIndex: 0, role: 'group', 'aria-label': 'Answer' }, body)] : []),
  ];
}
