import { button, make } from './dom.ts';

type Zoom = number | 'fit';

/** The zoom levels of a picture, as a row of buttons. */
export interface Zooms {
  readonly element: HTMLElement;
  /** Handles a key; false if it has no meaning here. */
  key(key: string): boolean;
}

/** Starts with the level at index `start`; `apply` gets it, and each one chosen. */
export function zoomsOf(zooms: readonly Zoom[], apply: (zoom: Zoom) => void, start = 0): Zooms {
  let chosen = start;
  const choose = (place: number) => {
    const zoom = zooms[place];
    if (zoom === undefined) return;
    chosen = place;
    for (const [at, one] of buttons.entries())
      one.setAttribute('aria-pressed', String(at === place));
    apply(zoom);
  };
  const buttons = zooms.map((zoom, place) =>
    button(zoom === 'fit' ? 'Fit' : `${zoom * 100} %`, () => choose(place)),
  );
  choose(start);
  const steps: Readonly<Record<string, () => number>> = {
    '+': () => chosen + 1,
    '=': () => chosen + 1,
    '-': () => chosen - 1,
    '0': () => 0,
  };
  return {
    element: make('div', { className: 'zooms', role: 'group', 'aria-label': 'Size' }, ...buttons),
    key: (key) => {
      const step = steps[key];
      if (step) choose(step());
      return step !== undefined;
    },
  };
}
