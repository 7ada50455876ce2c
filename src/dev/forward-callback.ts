import type { IncomingMessage } from 'node:http';
import { addressOfTask } from '../lib/callback/address.ts';
import { post } from '../lib/callback/post.ts';
import { sinceStart } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import { shownUrl } from '../lib/http-url.ts';
import { LONGEST_ANSWER } from '../lib/shown-answer.ts';
import type { CallbackRecord, ForwardedCallback } from './api.ts';

/** Time limit of a request, in milliseconds: as patient as a worker is. */
const TIMEOUT_MS = 10_000;

/** Marks what was forwarded: should it come back here, it is not forwarded again. */
const FORWARDED_HEADER = 'x-arke-tiff-forwarded';

/** Headers of one connection, and those that Node.js writes itself. */
const OWN_HEADERS = [
  ...['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'keep-alive'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];

/** Forwards callbacks to another server, as they were sent. */
export interface CallbackForwarder {
  /** Forwards one, once; undefined if it was forwarded before. Never rejects. */
  forward(
    callback: Pick<CallbackRecord, 'headers' | 'body'>,
    task: { readonly batchId: string; readonly taskId: string },
  ): Promise<ForwardedCallback> | undefined;
  /** Breaks off what is under way, and waits for it. */
  stop(): Promise<void>;
}

/**
 * Forwards callbacks to `address`, in which `{batch_id}` and `{task_id}` are filled in. Redirects
 * are not followed.
 */
export function createCallbackForwarder(address: string): CallbackForwarder {
  const stopping = new AbortController();
  const underWay = new Set<Promise<ForwardedCallback>>();
  return {
    forward({ headers, body }, { batchId, taskId }) {
      if (headers[FORWARDED_HEADER] !== undefined) return undefined;
      const url = addressOfTask(address, { batch_id: batchId, task_id: taskId });
      const sending = send(url, { headers: onwardHeaders(headers), body }, stopping.signal);
      underWay.add(sending);
      sending.then(() => underWay.delete(sending));
      return sending;
    },
    async stop() {
      stopping.abort(new Error('arke-tiff dev was stopped'));
      await Promise.all(underWay);
    },
  };
}

function onwardHeaders(headers: CallbackRecord['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name));
  return { ...Object.fromEntries(kept), [FORWARDED_HEADER]: '1' };
}

async function send(
  url: string,
  { headers, body }: { readonly headers: Record<string, string>; readonly body: string },
  stopped: AbortSignal,
): Promise<ForwardedCallback> {
  const start = sinceStart();
  const told = () => ({ url: shownUrl(url), ms: Math.round(sinceStart() - start) });
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const signal = AbortSignal.any([stopped, timeout]);
    const answer = await post(url, { headers, body, signal });
    const beginning = await beginningOf(answer);
    return { ...told(), status: answer.statusCode ?? null, body: beginning, error: null };
  } catch (error) {
    const late = `no answer within ${TIMEOUT_MS / 1000} s`;
    return { ...told(), status: null, body: '', error: timeout.aborted ? late : messageOf(error) };
  }
}

/** The beginning of an answer's body, as far as it comes. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk;
      if (text.length >= LONGEST_ANSWER) break;
    }
  } catch {
    // Its status is known.
  }
  return text.slice(0, LONGEST_ANSWER);
}
