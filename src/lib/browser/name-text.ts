import { make } from './dom.ts';
import { visible } from './words.ts';

/** A name or path, isolated from the text direction around it. */
export function nameText(name: string): HTMLElement {
  return make('bdi', { className: 'name', dir: 'auto' }, visible(name));
}
