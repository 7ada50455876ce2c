import { deliverCallback } from '../lib/callback/deliver.ts';
import { idOfBody } from '../lib/callback/request.ts';
import { sinceStart } from '../lib/clock.ts';
import { CallbackError } from '../lib/errors.ts';
import type { CallbackRecord, ReplayResult } from './api.ts';

/**
 * Sends a callback again, once and byte for byte, to the address where it was received.
 *
 * @param orchestrator base address, without a trailing slash
 * @param userAgent distinguishes it from workers' callbacks
 */
export async function replayCallback(
  { path, body }: Pick<CallbackRecord, 'path' | 'body'>,
  orchestrator: string,
  userAgent: string,
): Promise<ReplayResult> {
  const start = sinceStart();
  const request = {
    settings: { url: `${orchestrator}${path}` },
    body,
    id: idOfBody(body),
    userAgent,
  };
  const policy = { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 };
  const ms = () => Math.round(sinceStart() - start);
  try {
    const { status, body: answer } = await deliverCallback(request, { policy });
    return { delivered: true, status, body: answer, ms: ms(), error: null };
  } catch (error) {
    if (!(error instanceof CallbackError)) throw error;
    const { message, answer } = error;
    const told = { status: answer?.status ?? null, body: answer?.body ?? '' };
    return { delivered: false, ...told, ms: ms(), error: message };
  }
}
