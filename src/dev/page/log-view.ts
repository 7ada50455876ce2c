import { button, make } from '../../lib/browser/dom.ts';

/** A task's log as it comes. */
export interface LogView {
  readonly element: HTMLElement;
  /** Shows these lines; what is there already stays. */
  set(lines: readonly string[]): void;
  add(line: string): void;
}

/** Pixels: so near to the end counts as being there. */
const NEAR = 12;

/** What a line is about, for the style sheet; the words of the lines are an API. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^✗ /, 'bad'],
  [/^✓ /, 'good'],
  [/^(Warning: |Retrying |Callback not (?:delivered|confirmed))/, 'warn'],
  [/^Note: /, 'note'],
];

/** A log that shows its newest line, unless somebody has scrolled up. */
export function logView(): LogView {
  const lines: string[] = [];
  const box = make('div', {
    className: 'log',
    role: 'log',
    tabIndex: 0,
    // Who wants to hear it reads it; the outcome is said by itself.
    'aria-live': 'off',
    'aria-label': 'Log',
  });
  let follows = true;
  const toEnd = () => {
    follows = true;
    box.scrollTop = box.scrollHeight;
    jump.hidden = true;
  };
  const jump = button(
    '↓ Newest line',
    () => {
      toEnd();
      box.focus({ preventScroll: true });
    },
    { className: 'jump', hidden: true },
  );
  box.addEventListener('scroll', () => {
    follows = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    jump.hidden = follows;
  });
  const add = (line: string) => {
    lines.push(line);
    box.append(lineOf(line));
    if (follows) toEnd();
  };
  return {
    element: make('div', { className: 'log-frame' }, box, jump),
    set: (wanted) => {
      const isLonger = lines.every((line, place) => line === wanted[place]);
      if (!isLonger) {
        lines.length = 0;
        box.replaceChildren();
      }
      for (const line of wanted.slice(lines.length)) add(line);
    },
    add,
  };
}

/** A line, with the task's id before it in the background. */
function lineOf(line: string): HTMLElement {
  const [, head = '', text = line] = /^(\[[^\]]*\] )(.*)$/s.exec(line) ?? [];
  const kind = KINDS.find(([pattern]) => pattern.test(text))?.[1];
  return make(
    'div',
    { className: `line ${kind ?? ''}`.trim() },
    make('span', { className: 'soft' }, head),
    text,
  );
}
