import { make } from './dom.ts';
import { visible } from './words.ts';

/** A name or path, isolated from the text direction around it, broken after its parts if at all. */
export function nameText(name: string): HTMLElement {
  const [first = '', ...others] = visible(name).split(/(?<=[/_])/);
  const parts = others.flatMap((part) => [make('wbr'), part]);
  return make('bdi', { className: 'name', dir: 'auto' }, first, ...parts);
}
