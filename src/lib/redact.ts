/** Replaces what must not be seen in a text. */
export type Redactor = (text: string) => string;

/** Shorter values are no secrets worth the name, and blanking them would make a text unreadable. */
const SHORTEST_SECRET = 4;

/**
 * A function that blanks each of the given secrets (also in its URL-encoded and JSON-escaped form)
 * and the query of every http(s) URL in a text.
 */
export function createRedactor(secrets: readonly (string | undefined)[]): Redactor {
  const needles = [
    ...new Set(
      secrets
        .filter((secret) => secret !== undefined && secret.length >= SHORTEST_SECRET)
        .flatMap((secret) => [
          secret as string,
          encodeURIComponent(secret as string),
          JSON.stringify(secret).slice(1, -1),
        ]),
    ),
  ].sort((a, b) => b.length - a.length);
  return (text) => withoutQueries(needles.reduce((t, n) => t.replaceAll(n, '[redacted]'), text));
}

/**
 * A copy of a JSON value with every text in it redacted, one by one: blanking a piece of the finished
 * document could tear its quotes.
 */
export function redactValues(value: unknown, redact: Redactor): unknown {
  return JSON.parse(JSON.stringify(value), (_, part: unknown) =>
    typeof part === 'string' ? redact(part) : part,
  );
}

/** The text with the query and fragment of every http(s) URL cut off: they may carry tokens. */
export function withoutQueries(text: string): string {
  return text.replace(/(https?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]*/gi, '$1');
}

// Controls, line and paragraph separators, and the marks that reorder text on a terminal.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The text with control characters written as escapes (`\n`, `\u001b`), so that a key or a message
 * can neither forge a log line nor drive a terminal.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROL, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
