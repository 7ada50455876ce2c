import { Webhook } from 'standardwebhooks';
import { messageOf } from '../errors.ts';
import { type CallbackPayload, readPayload } from './payload.ts';

/** A received request: that of the Fetch API, or anything with its headers and its body. */
export interface ReceivedRequest {
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** A callback, or why the request is none and the status to answer it with. */
export type CallbackReading =
  | {
      readonly ok: true;
      /** Equal for all attempts to send the same outcome of a task. */
      readonly id: string;
      readonly payload: CallbackPayload;
    }
  | { readonly ok: false; readonly status: 400 | 401; readonly problem: string };

/**
 * Reads a callback from a request: checks its signature if there is a secret, then its body against
 * the contract. Answer an invalid request with `status`: the worker then does not retry. A request
 * that was signed more than five minutes ago is refused.
 *
 * @param secret The worker's `CALLBACK_SECRET`. Without one, anyone may send callbacks.
 * @throws Error if the secret is empty or not a Standard Webhooks secret, and what reading the body
 *   throws
 */
export async function readCallback(
  request: ReceivedRequest,
  { secret }: { readonly secret?: string | undefined } = {},
): Promise<CallbackReading> {
  const body = await request.text();
  const forged =
    secret === undefined ? undefined : signatureProblem(new Webhook(secret), request, body);
  if (forged) return { ok: false, status: 401, problem: forged };
  const id = request.headers.get('webhook-id');
  if (!id) return { ok: false, status: 400, problem: 'the header webhook-id is missing' };
  const payload = readPayload(body);
  if (typeof payload === 'string') return { ok: false, status: 400, problem: payload };
  return { ok: true, id, payload };
}

function signatureProblem(
  webhook: Webhook,
  { headers }: ReceivedRequest,
  body: string,
): string | undefined {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const given = Object.fromEntries(names.map((name) => [name, headers.get(name) ?? '']));
  try {
    webhook.verify(body, given, { jsonParse: false });
    return undefined;
  } catch (error) {
    return `the signature is not valid: ${messageOf(error)}`;
  }
}
