import { make } from '../../lib/browser/dom.ts';
import { busyButton } from './busy-button.ts';
import type { Say } from './said.ts';

/**
 * A button that copies a text, and reports the result beside it.
 *
 * @param textOf the text; undefined if nothing is to be copied after all
 */
export function copyButton(
  label: string,
  textOf: () => Promise<string | undefined>,
  say: Say = () => {},
): HTMLElement {
  const result = make('span', { className: 'soft copied' });
  const report = (words: string) => {
    result.textContent = words;
    say(words);
  };
  const copy = async () => {
    result.textContent = '';
    const text = await textOf();
    if (text === undefined) return;
    await navigator.clipboard.writeText(text).catch((cause: unknown) => {
      throw new Error('Not copied: the browser does not allow it.', { cause });
    });
    report('Copied.');
  };
  return make('span', { className: 'copy' }, busyButton(label, copy, report), ' ', result);
}
