import type { Miniflare } from 'miniflare';
import { CONTROL_HEADER } from './orchestrator-worker.ts';
import { within } from './within.ts';

/**
 * Longest wait for an answer: storing 300 MB, the most R2 takes at once, takes about 15 s, and the
 * machine may be busy.
 */
const ANSWER_LIMIT_MS = 300_000;

/** The answer of a control route. */
export interface ControlAnswer {
  readonly headers: { get(name: string): string | null };
  readonly bytes: Uint8Array;
}

/** A request to the Worker's control routes: GET, or PUT if there is something to send. */
export type Control = (
  path: string,
  body?: string | Uint8Array,
  headers?: Record<string, string>,
) => Promise<ControlAnswer>;

/**
 * Reaches the control routes through Miniflare itself, so that a test's mock of `fetch` does not
 * matter.
 *
 * @param secret what the Worker expects in the control header
 * @returns a function that resolves to the answer, and throws unless that is 2xx and comes within
 *   five minutes
 */
export function controlAccess(mf: Miniflare, secret: string): Control {
  const request: Control = async (path, body, headers = {}) => {
    const response = await mf.dispatchFetch(`http://127.0.0.1${path}`, {
      headers: { ...headers, [CONTROL_HEADER]: secret },
      ...(body === undefined ? {} : { method: 'PUT', body }),
    });
    const { ok, status, headers: told } = response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (ok) return { headers: told, bytes };
    throw new Error(
      `The sandbox did not understand ${path}: ${status} ${Buffer.from(bytes).toString()}`,
    );
  };
  return async (...args) => {
    const answer = request(...args);
    if (await within(answer, ANSWER_LIMIT_MS)) return answer;
    throw new Error(`The sandbox does not answer (${args[0]}). Stop it and start it again.`);
  };
}
