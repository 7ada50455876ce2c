import { make } from '../../lib/browser/dom.ts';

/** Announces something to screen readers. */
export type Say = (words: string) => void;

/** Messages kept, so that simultaneous ones are read out. */
const MOST = 5;

/** Announces messages in a live region. */
export function sayIn(element: HTMLElement): Say {
  return (words) => {
    element.append(make('p', {}, words));
    while (element.childElementCount > MOST) element.firstElementChild?.remove();
  };
}
