/** What is wrong with an address that requests are to be sent to, or undefined when nothing is. */
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

/** An address as it stands in the requests to it, whatever its spelling; a quote in it needs no care. */
export function requestUrl(text: string): string {
  return new URL(text).href.replaceAll("'", '%27');
}

/** An http(s) address as people may see it: without its query and fragment, which may carry tokens. */
export function shownUrl(text: string): string {
  const url = new URL(text);
  url.search = '';
  url.hash = '';
  return url.href;
}

/**
 * What must not be seen of an address, in every spelling it may be quoted in: as it was given, as it
 * is sent, with and without the fragment, which is not.
 */
export function hiddenParts(text: string): string[] {
  const spellings = URL.canParse(text) ? [text, new URL(text).href, requestUrl(text)] : [text];
  return spellings
    .flatMap((spelling) => [/[?#].*/s.exec(spelling)?.[0], /\?[^#]*/.exec(spelling)?.[0]])
    .filter((part) => part !== undefined);
}
