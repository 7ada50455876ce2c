import { readStoredRequest } from '../../lib/callback/stored-request.ts';
import { verifyRequest } from '../../lib/callback/verify-request.ts';
import { SettingsError } from '../../lib/errors.ts';
import { readText } from './body.ts';
import type { CallbackResult } from './session.ts';

/** How a stored request is verified. */
interface VerifySetup {
  readonly secret: string | undefined;
  readonly toleranceSeconds: number;
  readonly signal: AbortSignal;
  readonly result: (text: string) => void;
}

/**
 * Checks the signature of a stored request, header by header. Throws `SettingsError`, `FileError`.
 */
export async function verifyStored(
  path: string,
  { secret, toleranceSeconds, signal, result }: VerifySetup,
): Promise<CallbackResult> {
  if (secret === undefined) throw new SettingsError(['CALLBACK_SECRET is missing']);
  const request = readStoredRequest(await readText(path, signal));
  if (!request)
    throw new SettingsError([
      `${path === '-' ? 'stdin' : path} is not a stored request: headers, an empty line and a body, or JSON with headers and body`,
    ]);
  const checks = verifyRequest(request, { secret, now: new Date(), toleranceSeconds });
  for (const { header, ok, says } of checks) result(`${ok ? '✓' : '✗'} ${header}: ${says}`);
  const valid = checks.every(({ ok }) => ok);
  return { ok: valid, document: { valid, checks } };
}
