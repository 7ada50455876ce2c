import { hiddenParts } from './http-url.ts';
import { shownPath } from './path-bytes.ts';
import { stringifyWithPaths } from './path-json.ts';

/** Replaces what must not be seen in a text. */
export type Redactor = (text: string) => string;

/** Shorter values are no secrets worth the name, and blanking them would make a text unreadable. */
const SHORTEST_SECRET = 4;

/**
 * A function that blanks each of the given secrets (also in its URL-encoded and JSON-escaped form)
 * and query and fragment of each of the given addresses. Other addresses stay as they are:
 * object keys may hold some, and must be told exactly.
 */
export function createRedactor(
  secrets: readonly (string | undefined)[],
  urls: readonly (string | undefined)[] = [],
): Redactor {
  const queries = distinctByLength(
    urls.flatMap((url) => (url === undefined ? [] : hiddenParts(url))),
    // The question mark is no part of the secret.
  ).filter((query) => query.length > SHORTEST_SECRET);
  const needles = distinctByLength(
    secrets
      .filter((secret) => secret !== undefined && secret.length >= SHORTEST_SECRET)
      .flatMap((secret) => [
        secret as string,
        encodeURIComponent(secret as string),
        JSON.stringify(secret).slice(1, -1),
      ]),
  );
  return (text) => {
    const cut = queries.reduce((t, query) => t.replaceAll(query, `${query[0]}[redacted]`), text);
    return needles.reduce((t, needle) => t.replaceAll(needle, '[redacted]'), cut);
  };
}

/** The longest first: one may hold another, and must go whole. */
function distinctByLength(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => b.length - a.length);
}

/**
 * A copy of a JSON value as it is shown (`stringifyWithPaths`) with every text in it redacted, one by one: blanking a piece of the finished
 * document could tear its quotes.
 */
export function redactValues(value: unknown, redact: Redactor): unknown {
  return JSON.parse(stringifyWithPaths(value), (_, part: unknown) =>
    typeof part === 'string' ? redact(part) : part,
  );
}

// Controls, line and paragraph separators, and the marks that reorder text on a terminal.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The text with control characters written as escapes (`\n`, `\u001b`), so that a key or a message
 * can neither forge a log line nor drive a terminal, and with what is not UTF-8 of paths as bytes (`shownPath`).
 */
export function escapeControls(text: string): string {
  return shownPath(text).replace(CONTROL, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
