import { button, make } from './dom.ts';

type Zoom = number | 'fit';

/** The sizes in which a picture can be looked at, as a row of buttons. */
export interface Zooms {
  readonly element: HTMLElement;
  /** Takes a key; false where it means nothing here. */
  key(key: string): boolean;
}

/** Begins with the first size; `apply` is told of it, and of each that is chosen. */
export function zoomsOf(zooms: readonly Zoom[], apply: (zoom: Zoom) => void): Zooms {
  let chosen = 0;
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
  choose(0);
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
