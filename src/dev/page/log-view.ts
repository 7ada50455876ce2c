import { button, make } from '../../lib/browser/dom.ts';

/** A task's live log. */
export interface LogView {
  readonly element: HTMLElement;
  /** Shows these lines; existing ones are kept. */
  set(lines: readonly string[]): void;
  add(line: string): void;
}

/** Pixels from the end that still count as the end. */
const NEAR = 12;

/** The kind of a line, for the style sheet; the words of the lines are an API. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^✗ /, 'bad'],
  [/^✓ /, 'good'],
  [/^(Warning: |Retrying |Callback not (?:delivered|confirmed))/, 'warn'],
  [/^Note: /, 'note'],
];

/** A log that follows its newest line unless the user has scrolled up. */
export function logView(): LogView {
  const lines: string[] = [];
  const box = make('div', {
    className: 'log',
    role: 'log',
    tabIndex: 0,
    // The log can be read on demand; the outcome is announced separately.
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

/** A line, with the task's id dimmed. */
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
