import type { Fault } from '../../support/fault.ts';
import { ATTEMPTS } from './cell.ts';
import type { EventCell } from './events.ts';
import { callback, errorCallback, type Moment } from './moments.ts';
import { failed, undelivered } from './outcome.ts';
import { DEADLINE, endless, patience } from './patience.ts';
import type { Running, Scenario } from './world.ts';

const env = { CALLBACK_OUTBOX_PREFIX: 'arke-outbox' };
const SMALL = { picture: 'small', patience: endless } as const;
const untilDeadline: Partial<Scenario> = { env: { ...env, ...DEADLINE } };

/**
 * The orchestrator takes nothing, and something happens to what goes to the outbox, once or for
 * good.
 */
function whileKept(fault: Fault | undefined, times: 'once' | 'for good'): Scenario {
  return {
    ...SMALL,
    // Nothing but time ends an answer that never comes.
    ...(fault?.hang ? { patience } : {}),
    env,
    orchestrator: (world) => async () => {
      world.happened.push('POST');
      return { status: 400 };
    },
    r2: () => {
      let left = times === 'once' ? 1 : ATTEMPTS;
      return async ({ method, url }) =>
        method === 'PUT' && url.includes('/arke-outbox/') && left-- > 0 ? fault : undefined;
    },
  };
}

const keeping = 'while the callback is put into the outbox';
const kept = undelivered(1, 0, { outbox: 'kept' });
const lost = undelivered(1, 0, {
  outbox: 'empty',
  log: /Callback not delivered.*Warning: the callback could not be kept in the outbox/s,
});
const notFound = /^Failed to download TIFF: 404 Not Found/;
const stop = (world: Running) => world.kill('SIGTERM');
/** R2 takes the entry of the outbox, but not the JPEG. */
const putAndSilence: Moment = {
  stage: 'PUT, before an orchestrator that is silent',
  scenario: (act) => ({
    orchestrator: () => async () => ({ hangAfter: true }),
    r2: (world) => async (request) => {
      if (request.method !== 'PUT' || request.url.includes('/arke-outbox/')) return undefined;
      world.happened.push('PUT');
      await act(world);
      return { hang: true };
    },
  }),
};

/**
 * What becomes of a callback that is not delivered where there is an outbox, and when that fails,
 * too.
 */
export const outboxes: readonly EventCell[] = [
  {
    event: 'callback refused, with an outbox',
    stage: callback.stage,
    outcome: kept,
    scenario: whileKept(undefined, 'once'),
  },
  ...(
    [
      ['SIGTERM, with an outbox', callback, undelivered(1, 1, { outbox: 'kept' }), { env }, stop],
      [
        'SIGTERM, with an outbox',
        putAndSilence,
        failed(/^Interrupted by SIGTERM/, { log: /Callback not delivered/, outbox: 'kept' }),
        { env },
        stop,
      ],
      [
        'silence until CALLBACK_PATIENCE_MS is over, with an outbox',
        callback,
        undelivered(1, 1, { outbox: 'kept' }),
        untilDeadline,
        () => {},
      ],
      [
        'silence until the deadline, with an outbox',
        errorCallback,
        failed(notFound, { log: /Callback not delivered/, outbox: 'kept' }),
        untilDeadline,
        () => {},
      ],
    ] as const
  ).map(([event, moment, outcome, more, act]) => ({
    event,
    stage: moment.stage,
    outcome,
    scenario: { ...SMALL, ...moment.scenario(act), ...more },
  })),
  ...(
    [
      ['503', { status: 503 }, 'once', kept],
      // R2 takes one write a second to a key.
      ['429', { status: 429 }, 'once', kept],
      ['503 after it arrived', { statusAfter: 503 }, 'once', kept],
      ['reset', { reset: true }, 'once', kept],
      ['reset after it arrived', { resetAfter: true }, 'for good', kept],
      ['never answers', { hang: true }, 'for good', lost],
      ['503, again and again', { status: 503 }, 'for good', lost],
      ['403', { status: 403 }, 'once', lost],
    ] as const
  ).map(([fault, what, times, outcome]) => ({
    event: fault,
    stage: keeping,
    outcome,
    scenario: whileKept(what, times),
  })),
];
