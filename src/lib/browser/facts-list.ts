import { make } from './dom.ts';

/** A label and what it says; nothing where there is nothing to say. */
export type Fact = readonly [string, string | HTMLElement | undefined];

/** Facts with their labels, without those that say nothing. */
export function factsList(facts: readonly Fact[]): HTMLElement {
  return make(
    'dl',
    { className: 'facts' },
    ...facts.flatMap(([label, value]) =>
      value ? [make('div', {}, make('dt', {}, label), make('dd', {}, value))] : [],
    ),
  );
}
