import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { DeliveredMark } from './delivered-mark.ts';
import type { OutboxEntry } from './outbox-entry.ts';

/** The only purpose of the derived key: a callback's signature can never serve as a seal. */
const PURPOSE = 'arke-tiff: seals of the outbox, version 1';

/**
 * The seal of an entry under a key of the outbox. Nobody can make it without the secret, also not
 * by writing to the bucket. It covers what is sent, where to, and where it lies, but not what
 * drains rewrite (lease, last error).
 */
export function sealOfEntry(secret: string, key: string, entry: OutboxEntry): string {
  const { v, url, url_query: query, webhook_id: id, input_r2_key: input, body } = entry;
  const known = input === undefined ? ['no input'] : ['input', input];
  return seal(secret, ['entry', String(v), key, url, String(query), id, ...known, body]);
}

/** The seal of a mark under a key of the outbox. */
export function sealOfMark(secret: string, key: string, mark: DeliveredMark): string {
  const { v, webhook_id: id, body_sha256: hash, delivered_at: at } = mark;
  return seal(secret, ['mark', String(v), key, id, hash, at]);
}

/** Whether a seal is the expected one. */
export function isSeal(seal: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(seal ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * An HMAC over texts, each preceded by its length, so that different lists never give the same
 * bytes.
 */
function seal(secret: string, texts: readonly string[]): string {
  const webhookKey = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const key = Buffer.from(hkdfSync('sha256', webhookKey, '', PURPOSE, 32));
  const hmac = createHmac('sha256', key);
  for (const text of texts) hmac.update(`${Buffer.byteLength(text)}:`).update(text);
  return hmac.digest('base64url');
}
