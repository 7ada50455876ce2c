import { timingSafeEqual } from 'node:crypto';
import { signature } from './request.ts';
import type { StoredRequest } from './stored-request.ts';

/** The result for one header of a request. */
export interface HeaderCheck {
  readonly header: 'webhook-id' | 'webhook-timestamp' | 'webhook-signature';
  readonly ok: boolean;
  /** For people: what it is, or what is wrong with it. */
  readonly says: string;
}

/** How a request is verified. */
export interface Verification {
  /** A Standard Webhooks secret. */
  readonly secret: string;
  readonly now: Date;
  /** How far from now the request may have been sent, in seconds. */
  readonly toleranceSeconds: number;
}

/**
 * Checks the three headers of Standard Webhooks (https://www.standardwebhooks.com, "Verifying
 * webhook authenticity") independently, so that every problem is reported. Throws `SettingsError`
 * if the secret is invalid.
 */
export function verifyRequest(request: StoredRequest, verification: Verification): HeaderCheck[] {
  const id = request.headers.get('webhook-id');
  const timestamp = request.headers.get('webhook-timestamp');
  return [
    id
      ? { header: 'webhook-id', ok: true, says: id }
      : { header: 'webhook-id', ok: false, says: 'is missing' },
    { header: 'webhook-timestamp', ...checkTimestamp(timestamp, verification) },
    { header: 'webhook-signature', ...checkSignature(request, verification) },
  ];
}

type Result = Omit<HeaderCheck, 'header'>;

function checkTimestamp(
  value: string | undefined,
  { now, toleranceSeconds }: Verification,
): Result {
  if (!value) return { ok: false, says: 'is missing' };
  const seconds = secondsOf(value);
  if (seconds === undefined)
    return { ok: false, says: `is "${value}", not a number of seconds since 1970` };
  const age = Math.floor(now.getTime() / 1000) - seconds;
  const when = `sent at ${new Date(seconds * 1000).toISOString()}`;
  const away = `${when}, ${Math.abs(age)} s ${age < 0 ? 'from now' : 'ago'}`;
  if (Math.abs(age) <= toleranceSeconds) return { ok: true, says: away };
  return {
    ok: false,
    says: `${away}: more than the allowed ${toleranceSeconds} s (--tolerance)`,
  };
}

/** JavaScript's last date, in seconds: a later number is not a time. */
const LATEST = 8.64e12;

function secondsOf(value: string): number | undefined {
  return /^\d{1,13}$/.test(value) && Number(value) <= LATEST ? Number(value) : undefined;
}

function checkSignature({ headers, bodies }: StoredRequest, { secret }: Verification): Result {
  const value = headers.get('webhook-signature');
  const id = headers.get('webhook-id');
  const seconds = secondsOf(headers.get('webhook-timestamp') ?? '');
  if (!value) return { ok: false, says: 'is missing: it was sent without CALLBACK_SECRET' };
  const given = value.split(/,?\s+/).filter((one) => one.startsWith('v1,'));
  if (given.length === 0) return { ok: false, says: 'has no version 1 signature (v1,…)' };
  if (!id || seconds === undefined)
    return { ok: false, says: 'cannot be checked without webhook-id and webhook-timestamp' };
  const at = new Date(seconds * 1000);
  const right = bodies.map((body) => signature(secret, { id, body }, at));
  if (given.some((one) => right.some((other) => same(one, other))))
    return { ok: true, says: 'matches id, timestamp and body' };
  return {
    ok: false,
    says: 'does not match id, timestamp and body: one of them was changed, or CALLBACK_SECRET differs',
  };
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
