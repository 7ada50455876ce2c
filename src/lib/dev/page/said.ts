/** Says something to people who do not see the page. */
export type Say = (words: string) => void;

/** Says things in an element that is read out when it changes. */
export function sayIn(element: HTMLElement): Say {
  return (words) => {
    // The same words once more are a change, too.
    element.textContent = element.textContent === words ? `${words}\u00a0` : words;
  };
}
