import { hiddenParts } from './http-url.ts';
import { shownPath } from './path-bytes.ts';
import { stringifyWithPaths } from './path-json.ts';

/** Removes secrets from a text. */
export type Redactor = (text: string) => string;

/** Shorter values are not real secrets, and blanking them would make a text unreadable. */
const SHORTEST_SECRET = 4;

/**
 * A function that blanks the given secrets (also in URL-encoded and JSON-escaped form) and query
 * and fragment of the given addresses. Other addresses are unchanged, because object keys may
 * contain some.
 */
export function createRedactor(
  secrets: readonly (string | undefined)[],
  urls: readonly (string | undefined)[] = [],
): Redactor {
  const queries = distinctByLength(
    urls.flatMap((url) => (url === undefined ? [] : hiddenParts(url))),
    // The question mark is not part of the secret.
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

/** The longest first: one may contain another, and must be blanked completely. */
function distinctByLength(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => b.length - a.length);
}

/**
 * A copy of a JSON value for output (`stringifyWithPaths`) with each text redacted separately:
 * blanking part of the finished document could break its quotes.
 */
export function redactValues(value: unknown, redact: Redactor): unknown {
  return JSON.parse(stringifyWithPaths(value), (_, part: unknown) =>
    typeof part === 'string' ? redact(part) : part,
  );
}

// Controls, line and paragraph separators, and bidirectional marks.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The text with control characters as escapes (`\n`, `\u001b`), so that a key or message can
 * neither forge a log line nor control a terminal, and with non-UTF-8 parts of paths as bytes
 * (`shownPath`).
 */
export function escapeControls(text: string): string {
  return shownPath(text).replace(CONTROL, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
