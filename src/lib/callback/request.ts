import { createHash } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { SettingsError } from '../errors.ts';

/** Where callbacks go, and how they are signed. */
export interface CallbackSettings {
  /** http(s), without credentials. */
  readonly url: string;
  /** A Standard Webhooks secret (`whsec_…`); with it, callbacks are signed. */
  readonly secret?: string | undefined;
  /**
   * The user's name for the address, for remedies; defaults to a task's variable, `CALLBACK_URL`.
   */
  readonly urlName?: string | undefined;
}

/** One callback, ready to be sent any number of times. */
export interface CallbackRequest {
  readonly settings: CallbackSettings;
  /** The exact body: every attempt sends these characters. */
  readonly body: string;
  /** Stable for the task's outcome, so a receiver can recognise a repeat. */
  readonly id: string;
  readonly userAgent: string;
}

/** A callback's id: the same for the same batch, task and status, on any machine. */
export function callbackId(task: { task_id: string; batch_id: string; status: string }): string {
  const hash = createHash('sha256').update([task.batch_id, task.task_id, task.status].join('\0'));
  return `msg_${hash.digest('base64url').slice(0, 27)}`;
}

/**
 * The id of a body that is sent as it is: from its task if it has one, else from its characters.
 */
export function idOfBody(body: string): string {
  try {
    const { task_id, batch_id, status } = JSON.parse(body) as Record<string, unknown>;
    if ([task_id, batch_id, status].every((part) => typeof part === 'string'))
      return callbackId({ task_id, batch_id, status } as Parameters<typeof callbackId>[0]);
  } catch {
    // Not JSON: a receiver can still recognise the same characters.
  }
  return `msg_${createHash('sha256').update(body).digest('base64url').slice(0, 27)}`;
}

/**
 * The headers of one attempt, sent at `at`: the contract's content type, our user agent, and those
 * of Standard Webhooks (https://www.standardwebhooks.com, "Webhook headers"), signed if there is a
 * secret. Throws `SettingsError` if the secret is invalid.
 */
export function callbackHeaders(request: CallbackRequest, at: Date): Record<string, string> {
  const { secret } = request.settings;
  return {
    'Content-Type': 'application/json',
    'User-Agent': request.userAgent,
    'webhook-id': request.id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    ...(secret ? { 'webhook-signature': signature(secret, request, at) } : {}),
  };
}

/**
 * The signature of a body under an id, sent at `at`. Throws `SettingsError` if the secret is
 * invalid.
 */
export function signature(
  secret: string,
  { id, body }: Pick<CallbackRequest, 'id' | 'body'>,
  at: Date,
): string {
  return signer(secret).sign(id, at, body);
}

/** What is wrong with a webhook secret; undefined if it can sign. */
export function secretProblem(secret: string): string | undefined {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret))
    return 'must be a Standard Webhooks secret: whsec_ followed by base64';
  try {
    new Webhook(secret);
    return undefined;
  } catch {
    return 'must be a Standard Webhooks secret: what follows whsec_ is not valid base64';
  }
}

function signer(secret: string): Webhook {
  const problem = secretProblem(secret);
  if (problem) throw new SettingsError([`CALLBACK_SECRET ${problem}`]);
  return new Webhook(secret);
}
