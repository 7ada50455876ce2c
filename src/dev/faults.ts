/**
 * The faults of `arke-tiff dev`: one table for the page, its API and docs/dev.md.
 * `callback-inbox.ts` and `storage-proxy.ts` implement them.
 */

/** One fault in words. */
export interface FaultWords {
  /** Its button, under the group's legend. */
  readonly label: string;
  /** Shown at the top of each page while active. */
  readonly armed: string;
  /** What happens, for the documentation. */
  readonly happens: string;
  /** What a worker does then (docs/reliability.md). */
  readonly promise: string;
}

/** The faults of one server; one of them at a time. */
interface FaultGroup {
  readonly legend: string;
  /** The button without a fault. */
  readonly normal: string;
  readonly faults: Readonly<Record<string, FaultWords>>;
}

/** How long `down` lasts, in seconds: like a redeployment of the receiver. */
export const DOWN_SECONDS = 25;

/** Delay of `late`, in seconds. */
export const LATE_SECONDS = 5;

/** What `busy` asks for, in seconds. */
export const RETRY_AFTER_SECONDS = 2;

const FINAL =
  'A retry would not help, so the worker does not send it again. The JPEG is in R2; the body is in the log for a replay.';

const refused = (what: string, verb: string, status: string, promise: string): FaultWords => ({
  label: `refuse ${what} (${status})`,
  armed: `R2 refuses ${what} (${status})`,
  happens: `each request that ${verb} an object is answered ${status}, until it is switched off`,
  promise,
});

const CALLED_BACK = 'A retry would not help, so the error is called back at once.';
const TRIED_AGAIN =
  'The request is tried five times; if R2 still refuses it, the error is called back.';

/** All faults by name, in the order in which they are shown. */
export const FAULTS = {
  callback: {
    legend: 'Callbacks',
    normal: 'accept (200)',
    faults: {
      fail: {
        label: 'fail the next (503)',
        armed: 'the next callback fails',
        happens: 'the next callback is answered 503',
        promise:
          'The worker sends the identical body again, with the same webhook-id; the task succeeds.',
      },
      hang: {
        label: 'never answer the next',
        armed: 'the next callback gets no answer',
        happens: 'the next callback is accepted, but not answered for ten minutes',
        promise:
          'After 10 s the worker sends it again, with the same webhook-id: a success counted twice does less harm than a lost picture.',
      },
      lost: {
        label: 'lose the next answer',
        armed: 'the answer to the next callback is lost',
        happens: 'the next callback is accepted, but the connection is closed without an answer',
        promise: 'The worker cannot know that it was accepted, and sends the identical body again.',
      },
      redirect: {
        label: 'redirect the next (302)',
        armed: 'the next callback is redirected',
        happens: 'the next callback is answered 302',
        promise:
          'The worker does not follow redirects, which would lose the body. The JPEG is in R2 but not reported: the body is in the log for a replay, and no error ever follows it.',
      },
      busy: {
        label: 'too many requests, the next (429)',
        armed: 'the next callback is answered 429',
        happens: `the next callback is answered 429 with Retry-After: ${RETRY_AFTER_SECONDS}`,
        promise: `The worker sends the identical body again, ${RETRY_AFTER_SECONDS} s later at the earliest.`,
      },
      denied: {
        label: 'forbid the next (403)',
        armed: 'the next callback is forbidden',
        happens: 'the next callback is answered 403',
        promise: FINAL,
      },
      missing: {
        label: 'wrong address, the next (404)',
        armed: 'the next callback is answered 404',
        happens: 'the next callback is answered 404, as where no callbacks are accepted',
        promise: FINAL,
      },
      portal: {
        label: 'another server answers the next (200)',
        armed: 'another server answers the next callback',
        happens:
          'the next callback is answered 200 with an HTML page, as by a proxy or a login page; the orchestrator does not see it',
        promise:
          'Only the status counts: the worker reports a success, but the orchestrator does not have the picture. Replay the callback.',
      },
      down: {
        label: `fail for ${DOWN_SECONDS} s (500)`,
        armed: `callbacks fail for ${DOWN_SECONDS} s`,
        happens: `from the next callback on, each is answered 500 for ${DOWN_SECONDS} s`,
        promise: 'The worker sends the identical body again as long as its patience allows.',
      },
      late: {
        label: `answer after ${LATE_SECONDS} s`,
        armed: `callbacks are answered after ${LATE_SECONDS} s`,
        happens: `each callback is accepted and answered ${LATE_SECONDS} s later, until it is switched off`,
        promise: 'The worker waits up to 10 s for an answer, and sends the callback once.',
      },
      gone: {
        label: 'task not found (500)',
        armed: 'tasks are no longer found',
        happens:
          'each callback is answered 500 “Task not found”, as after the last task of a batch has ended, until it is switched off',
        promise:
          'It can no longer be accepted, so the worker does not send it again. The JPEG is in R2; the body is in the log.',
      },
      unknown: {
        label: 'batch not found (500)',
        armed: 'the batch is not found',
        happens:
          'each callback is answered 500 “Batch not found”, as for a batch that does not exist, until it is switched off',
        promise: FINAL,
      },
      over: {
        label: 'batch already over (500)',
        armed: 'the batch is over',
        happens:
          'each callback is answered 500 with a TypeError, as after the batch has failed as a whole, until it is switched off',
        promise:
          'The answer does not say that it is final: the worker sends the body again as long as its patience allows. The JPEG is in R2; the body is in the log.',
      },
    },
  },
  storage: {
    legend: 'R2',
    normal: 'normal',
    faults: {
      slow: {
        label: 'slow (200 kB/s)',
        armed: 'R2 is slow',
        happens: '200 kB/s, up and down together, until it is switched off',
        promise:
          'The worker waits as long as bytes arrive; the task ends at its deadline, early enough to call back.',
      },
      break: {
        label: 'drop the connection',
        armed: 'R2 drops the connection',
        happens:
          'each answer with bytes of an object breaks off halfway, until it is switched off; the resumed request is answered completely',
        promise:
          'The download resumes where it stopped, from the same version of the TIFF: never half a JPEG, never a mixture.',
      },
      'read-403': refused('reads', 'reads', '403', CALLED_BACK),
      'read-404': refused('reads', 'reads', '404', CALLED_BACK),
      'read-503': refused('reads', 'reads', '503', TRIED_AGAIN),
      'write-403': refused('writes', 'writes', '403', CALLED_BACK),
      'write-404': refused('writes', 'writes', '404', CALLED_BACK),
      'write-503': refused('writes', 'writes', '503', TRIED_AGAIN),
    },
  },
} as const satisfies Record<string, FaultGroup>;

/** What can go wrong with callbacks. */
export type CallbackFault = keyof typeof FAULTS.callback.faults;

/** Whether an answer came from the orchestrator, which accepted the callback. */
export function isAccepted(
  answer: { readonly status: number; readonly fault: CallbackFault | null } | null,
): boolean {
  return (
    answer !== null && answer.status >= 200 && answer.status < 300 && answer.fault !== 'portal'
  );
}

/** What can go wrong with R2. */
export type StorageFault = keyof typeof FAULTS.storage.faults;

/** The active faults. */
export interface Faults {
  callback: CallbackFault | null;
  storage: StorageFault | null;
}

/** A group of faults as one that a name is looked up in. */
export function groupOf(of: keyof Faults): FaultGroup {
  return FAULTS[of];
}
