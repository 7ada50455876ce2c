/** What a log says about a delivery attempt. */
export interface AttemptTold {
  /**
   * - `started`: the task began
   * - `retried`: an attempt failed and another one follows
   * - `ended`: there are no further attempts
   * - `continuing`: the log holds the callback while attempts go on
   * - `unconfirmed`: there are no further attempts, and the callback was probably accepted
   */
  readonly what: 'started' | 'retried' | 'ended' | 'continuing' | 'unconfirmed';
  /** The result of the last attempt, if the log gives it. */
  readonly reason?: string | undefined;
}

/** Which callbacks may have been accepted although a log reports them as undelivered. */
export interface DeliveryDoubts {
  hear(taskId: string, told: AttemptTold): void;
  /** Whether a callback of the task may have been accepted, judged by the log so far. */
  isUnconfirmed(taskId: string): boolean;
}

/** Starts without doubts; expects what the log says in its order. */
export function deliveryDoubts(): DeliveryDoubts {
  const lost = new Set<string>();
  const continuing = new Set<string>();
  return {
    hear(taskId, { what, reason }) {
      // A truncated log may lack the line that says how it ended.
      const isCut = what === 'started' && continuing.has(taskId);
      const isLost = reason !== undefined && !isRefusal(reason);
      const isEnd = what === 'ended' && continuing.has(taskId);
      const isOfCallback = what === 'retried' || isEnd || reason?.startsWith('The callback ');
      if (what === 'unconfirmed' || isCut || (isLost && isOfCallback)) lost.add(taskId);
      if (what === 'continuing') continuing.add(taskId);
      if (what === 'started' || what === 'ended') continuing.delete(taskId);
    },
    isUnconfirmed: (taskId) => lost.has(taskId) || continuing.has(taskId),
  };
}

/** Answers of a gateway whose server did not answer in time, as in `failures.ts`. */
const MAY_BE_TAKEN = /^(?:504|520|524)$/;

/** Without a connection, nothing was sent. */
const NO_CONNECTION = /\b(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;

/** Whether the reason of a failed attempt (`failures.ts`) shows that it was not accepted. */
function isRefusal(reason: string): boolean {
  const [, status, failure] =
    /^The callback to \S+ (?:was answered (\d{3})|failed: (.*))/s.exec(reason) ?? [];
  if (reason.includes('Delivery is not confirmed')) return false;
  if (status !== undefined) return !MAY_BE_TAKEN.test(status);
  return failure !== undefined && NO_CONNECTION.test(failure);
}

/** What a log line of a task says about an attempt; `words` are its opening words (`log.ts`). */
export function attemptInLine(words: string, rest: string): AttemptTold | undefined {
  switch (words) {
    case 'Starting TIFF conversion: ':
      return { what: 'started' };
    case '✓ Success in ':
      return { what: 'ended' };
    case '✗ Error: ':
      return { what: 'ended', reason: rest };
    case 'Callback not confirmed; ':
      return { what: 'unconfirmed' };
    case 'Callback not delivered; ':
      return rest.startsWith('attempts continue') ? { what: 'continuing' } : undefined;
    case 'Retrying ': {
      const reason = /^callback in \d+ms after attempt \d+: (.*)/s.exec(rest)?.[1];
      return reason === undefined ? undefined : { what: 'retried', reason };
    }
    default:
      return undefined;
  }
}

/** What an event of a JSON log says about an attempt. */
export function attemptInEvent(
  event: string,
  value: Readonly<Record<string, unknown>>,
): AttemptTold | undefined {
  const { stage, reason, error } = value;
  const text = typeof reason === 'string' ? reason : error;
  const why = typeof text === 'string' ? text : undefined;
  switch (event) {
    case 'task.started':
      return { what: 'started' };
    case 'task.succeeded':
      return { what: 'ended' };
    case 'task.failed':
      return { what: 'ended', reason: why };
    case 'callback.undelivered':
      if (value['probably_taken'] === true) return { what: 'unconfirmed' };
      return value['continues_ms'] === undefined ? undefined : { what: 'continuing' };
    case 'retry':
      return stage === 'callback' ? { what: 'retried', reason: why ?? '' } : undefined;
    default:
      return undefined;
  }
}
