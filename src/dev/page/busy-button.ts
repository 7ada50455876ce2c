import { button, type Properties } from '../../lib/browser/dom.ts';
import { failureMessage } from './server.ts';

/**
 * A button for requests to the server: while it waits or is switched off, pressing it does nothing.
 * It is not disabled, because it would lose the focus.
 */
export function busyButton(
  text: string,
  act: () => Promise<void>,
  fail: (words: string) => void,
  properties: Properties = {},
): HTMLButtonElement {
  const made = button(
    text,
    async () => {
      if (made.ariaBusy === 'true' || made.ariaDisabled === 'true') return;
      made.ariaBusy = 'true';
      try {
        await act();
      } catch (error) {
        fail(failureMessage(error));
      } finally {
        made.ariaBusy = null;
      }
    },
    properties,
  );
  return made;
}

/** Switches a button on or off. */
export function switchButton(made: HTMLButtonElement, isOn: boolean): void {
  made.ariaDisabled = isOn ? null : 'true';
}
