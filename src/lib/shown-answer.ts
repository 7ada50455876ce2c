import { escapeControls, type Redactor } from './redact.ts';

/** A receiver's answer. */
export interface ReceiverAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

/**
 * The longest body that is logged and kept, in characters (code points): a message, and enough of a
 * web page to recognise it.
 */
const MAX_BODY_LENGTH = 500;

/** The longest body that is read, in characters, to be shown and searched. */
export const LONGEST_ANSWER = 4_096;

/**
 * The longest secret, in characters: R2's keys have 64, a webhook's secret about 50, a query's
 * token a few hundred.
 */
const LONGEST_SECRET = 1_024;

/**
 * The body of an answer without secrets, and without an end where a secret may have been cut: its
 * beginning would not be recognised.
 */
export function withoutSecrets(body: string, redact: Redactor): string {
  const shown = redact(body);
  return body.length < LONGEST_ANSWER ? shown : shown.slice(0, -LONGEST_SECRET);
}

/**
 * An answer for log and outbox: on one line, without secrets and control characters, and shortened.
 */
export function shownAnswer({ status, body }: ReceiverAnswer, redact: Redactor): ReceiverAnswer {
  // Cut last, because the beginning of a secret would not be recognised.
  const line = escapeControls(withoutSecrets(body, redact).replace(/\s+/g, ' ').trim());
  return { status, body: [...line].slice(0, MAX_BODY_LENGTH).join('') };
}
