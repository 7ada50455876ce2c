/** What is shown: the overview, or a task. */
export type Route = { readonly task?: string };

/** The address of a task on this page. */
export function taskAddress(id: string): string {
  return `#/tasks/${encodeURIComponent(id)}`;
}

/** The route in an address's hash; undefined if it is a place within the current one. */
export function routeOf(hash: string): Route | undefined {
  const [, id] = /^#\/tasks\/([^/]+)$/.exec(hash) ?? [];
  if (id !== undefined) return { task: decoded(id) };
  return hash === '' || hash.startsWith('#/') ? {} : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
