import { make } from './dom.ts';

/** A label and its value; nothing if there is no value. */
export type Fact = readonly [string, string | HTMLElement | undefined];

/** Facts with their labels, without empty ones. */
export function factsList(facts: readonly Fact[]): HTMLElement {
  return make(
    'dl',
    { className: 'facts' },
    ...facts.flatMap(([label, value]) =>
      value ? [make('div', {}, make('dt', {}, label), make('dd', {}, value))] : [],
    ),
  );
}
