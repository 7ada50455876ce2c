/**
 * What `arke-tiff dev` can make go wrong: the one table for the page, its API and docs/dev.md. What each of
 * them does is in `callback-inbox.ts` and `storage-proxy.ts`.
 */

/** One fault in words. */
export interface FaultWords {
  /** Its button, under the group's legend. */
  readonly label: string;
  /** While it is on, at the top of each page. */
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

/** How long `down` lasts, in seconds: a receiver that is deployed anew, or was. */
export const DOWN_SECONDS = 25;

/** How late `late` answers, in seconds. */
export const LATE_SECONDS = 5;

const refused = (what: string, verb: string, status: string, promise: string): FaultWords => ({
  label: `refuse ${what} (${status})`,
  armed: `R2 refuses ${what} (${status})`,
  happens: `each request that ${verb} an object is answered ${status}, until it is switched off`,
  promise,
});

const CALLED_BACK = 'Trying again would not help: the error is called back at once.';
const TRIED_AGAIN =
  'The request is tried five times. If R2 still refuses it, the error is called back.';

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
        happens: 'the next callback is taken, but not answered for ten minutes',
        promise:
          'After 10 s the worker sends it again: a success that counts twice is the lesser harm than a lost picture, and its webhook-id tells.',
      },
      lost: {
        label: 'lose the next answer',
        armed: 'the answer to the next callback is lost',
        happens: 'the next callback is taken, but the connection is closed without an answer',
        promise: 'The worker cannot know that it was taken, and sends the identical body again.',
      },
      redirect: {
        label: 'redirect the next (302)',
        armed: 'the next callback is redirected',
        happens: 'the next callback is answered 302',
        promise:
          'The worker does not follow redirects, which would lose the body. The JPEG is there but not reported: the body is in the log, to be replayed, and no error ever follows it.',
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
        happens: `each callback is taken and answered ${LATE_SECONDS} s later, until it is switched off`,
        promise: 'The worker waits up to 10 s for an answer, and sends the callback once.',
      },
      gone: {
        label: 'task not found (500)',
        armed: 'no task is found any more',
        happens:
          'each callback is answered 500 “Task not found”, as after the last task of a batch has ended, until it is switched off',
        promise:
          'Nobody will take it any more: the worker does not send it again. The JPEG is there; the body is in the log.',
      },
      over: {
        label: 'batch already over (500)',
        armed: 'the batch is over',
        happens:
          'each callback is answered 500 with a TypeError, as after the batch has failed as a whole, until it is switched off',
        promise:
          'The answer does not say that it is final: the worker sends the body again as long as its patience allows. The JPEG is there; the body is in the log.',
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
          'The worker waits as long as bytes come; the task ends with its deadline, early enough to call back.',
      },
      break: {
        label: 'drop the connection',
        armed: 'R2 drops the connection',
        happens:
          'each answer with bytes of an object breaks off in its middle, until it is switched off; one that goes on from there is whole',
        promise:
          'The download resumes at the byte that was reached, of the same version of the TIFF: never a half JPEG, never a mixture.',
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

/** What can go wrong with R2. */
export type StorageFault = keyof typeof FAULTS.storage.faults;

/** What is set to go wrong. */
export interface Faults {
  callback: CallbackFault | null;
  storage: StorageFault | null;
}

/** A group of faults as one that a name is looked up in. */
export function groupOf(of: keyof Faults): FaultGroup {
  return FAULTS[of];
}
