/** What an element can be made with: properties of the element, or attributes where there is none of that name. */
export type Properties = Readonly<Record<string, unknown>>;

/** Makes an element. Text is text: nothing in it becomes markup. */
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

/** Makes a button that does something when it is pressed. */
export function button(
  text: string,
  act: () => void,
  properties: Properties = {},
): HTMLButtonElement {
  const made = make('button', { type: 'button', ...properties }, text);
  made.addEventListener('click', act);
  return made;
}

/** The element of the page with this `id`. Throws when there is none. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element "${id}".`);
  return element as T;
}
