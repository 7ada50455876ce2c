import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { DeliveredMark } from './delivered-mark.ts';
import type { OutboxEntry } from './outbox-entry.ts';

/** What the key of the outbox's seals is for, and nothing else: no signature of a callback is ever a seal. */
const PURPOSE = 'arke-tiff: seals of the outbox, version 1';

/**
 * The seal of an entry that lies under a key of the outbox: whoever can write to the bucket, but does not know the secret, can make
 * none. It holds for all that is sent and for where it is sent and lies, not for what drains write anew (lease, last error).
 */
export function sealOfEntry(secret: string, key: string, entry: OutboxEntry): string {
  const { v, url, url_query: query, webhook_id: id, input_r2_key: input, body } = entry;
  const known = input === undefined ? ['no input'] : ['input', input];
  return seal(secret, ['entry', String(v), key, url, String(query), id, ...known, body]);
}

/** The seal of a mark that lies under a key of the outbox. */
export function sealOfMark(secret: string, key: string, mark: DeliveredMark): string {
  const { v, webhook_id: id, body_sha256: hash, delivered_at: at } = mark;
  return seal(secret, ['mark', String(v), key, id, hash, at]);
}

/** Whether a seal is the one that there should be. */
export function isSeal(seal: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(seal ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** An HMAC over texts, each after its length, so that no two lists of them are the same bytes. */
function seal(secret: string, texts: readonly string[]): string {
  const webhookKey = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const key = Buffer.from(hkdfSync('sha256', webhookKey, '', PURPOSE, 32));
  const hmac = createHmac('sha256', key);
  for (const text of texts) hmac.update(`${Buffer.byteLength(text)}:`).update(text);
  return hmac.digest('base64url');
}
