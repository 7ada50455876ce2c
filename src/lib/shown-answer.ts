import { escapeControls, type Redactor } from './redact.ts';

/** What a receiver has answered. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

/** The longest body of an answer that is logged and kept, in characters (code points): a message, and no more of a web page than shows that it is one. */
const MAX_BODY_LENGTH = 500;

/** The longest body of an answer that is read, in characters: it is shown to people and searched. */
export const LONGEST_ANSWER = 4_096;

/** No secret is longer, in characters: R2's keys have 64, a webhook's secret some 50, a query's token a few hundred. */
const LONGEST_SECRET = 1_024;

/** The body of an answer without secrets, and without its end where its reading may have torn one: nobody recognises the beginning of a secret. */
export function withoutSecrets(body: string, redact: Redactor): string {
  const shown = redact(body);
  return body.length < LONGEST_ANSWER ? shown : shown.slice(0, -LONGEST_SECRET);
}

/** An answer as it may be logged and kept: on one line, without secrets and control characters, and the beginning only of a long body. */
export function shownAnswer({ status, body }: Answer, redact: Redactor): Answer {
  // Cut last: the beginning of a secret is recognised by nobody.
  const line = escapeControls(withoutSecrets(body, redact).replace(/\s+/g, ' ').trim());
  return { status, body: [...line].slice(0, MAX_BODY_LENGTH).join('') };
}
