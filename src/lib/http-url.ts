/** What is wrong with a request address; undefined if nothing is. */
export function httpUrlProblem(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'must be an absolute http or https URL';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be an http or https URL';
  if (url.username || url.password) return 'must not carry a user name or password';
  return undefined;
}

/** An address in the form of its requests, whatever its spelling; a quote in it is harmless. */
export function requestUrl(text: string): string {
  return new URL(text).href.replaceAll("'", '%27');
}

/** An http(s) address for people: without query and fragment, which may contain tokens. */
export function shownUrl(text: string): string {
  const url = new URL(text);
  url.search = '';
  url.hash = '';
  return url.href;
}

/**
 * The secret parts of an address, in every spelling that may be quoted: as given, as sent, with and
 * without the fragment.
 */
export function hiddenParts(text: string): string[] {
  const spellings = URL.canParse(text) ? [text, new URL(text).href, requestUrl(text)] : [text];
  return spellings
    .flatMap((spelling) => [/[?#].*/s.exec(spelling)?.[0], /\?[^#]*/.exec(spelling)?.[0]])
    .filter((part) => part !== undefined);
}
