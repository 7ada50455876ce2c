import { make } from './dom.ts';
import { visible } from './words.ts';

/** A name or path: kept apart from the direction of what is around it. */
export function nameText(name: string): HTMLElement {
  return make('bdi', { className: 'name', dir: 'auto' }, visible(name));
}
