/*
 * Browser: what the pages of reports and of `dev` share: elements (this file), words for numbers,
 * the before/after slider, zooms, and the basic styles.
 *
 * How data passes: a page gets its data inside its file (a report) or from the server it came from
 * (`dev`). It keeps a plain model of them, makes elements from it with `make`, and puts new
 * elements in the place of old ones when the model changes. There is no framework.
 *
 * Each page is one file with script and style inside (`build/pages.ts`), named by their hashes in
 * its Content-Security-Policy. It may import only this room and the types of its data.
 *
 * Must never happen: text that becomes markup; a request to another host.
 */
/** Properties of an element, or attributes if it has no such property. */
export type Properties = Readonly<Record<string, unknown>>;

/** Creates an element. Text never becomes markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name in element) Object.assign(element, { [name]: value });
    else element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** Creates a button with an action. */
export function button(
  text: string,
  act: () => void,
  properties: Properties = {},
): HTMLButtonElement {
  const made = make('button', { type: 'button', ...properties }, text);
  made.addEventListener('click', act);
  return made;
}

/** The page's element with this `id`. Throws if there is none. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element "${id}".`);
  return element as T;
}
