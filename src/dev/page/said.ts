import { make } from '../../lib/browser/dom.ts';

/** Says something to people who do not see the page. */
export type Say = (words: string) => void;

/** So many are kept: what came at the same moment is not lost before it is read out. */
const MOST = 5;

/** Says things in an element of which what is added is read out. */
export function sayIn(element: HTMLElement): Say {
  return (words) => {
    element.append(make('p', {}, words));
    while (element.childElementCount > MOST) element.firstElementChild?.remove();
  };
}
