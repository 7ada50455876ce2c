import type { Fault, FaultOf } from '../../support/fault.ts';
import type { EventCell } from './events.ts';
import { callback } from './moments.ts';
import { converted, type Outcome, undelivered } from './outcome.ts';
import { DEADLINE, endless } from './patience.ts';
import type { Running, Scenario } from './world.ts';

const OUTBOX = { CALLBACK_OUTBOX_PREFIX: 'arke-outbox' };
/** However long it takes, the orchestrator is patient as long. */
const PATIENT = { ...DEADLINE, CALLBACK_PATIENCE_MS: '400000' };
const AGAIN = { attempts: 1_000_000, baseDelayMs: 100, maxDelayMs: 500 };
const ON = 'attempts continue';
const HELD = 'this process sends it until';

/**
 * The orchestrator answers 500 to a success until the log has this in it; an error came too soon.
 */
function downUntil(text: string): (world: Running) => FaultOf {
  return (world) => async (request) => {
    if (!String(await request.body()).includes('"status":"success"')) return undefined;
    world.happened.push('POST');
    return world.said(text) ? undefined : { status: 500 };
  };
}

function late(event: string, outcome: Outcome, scenario: Partial<Scenario>): EventCell {
  const patience = { ...endless, callbackRetry: AGAIN };
  const task = { picture: 'small', patience, env: PATIENT } as const;
  return { event, stage: callback.stage, outcome, scenario: { ...task, ...scenario } };
}

/** One fault after the other for the callback. */
function inOrder(...faults: readonly Fault[]): (world: Running) => FaultOf {
  return (world) => () => {
    world.happened.push('POST');
    return faults[world.happened.length - 1];
  };
}

const lost = [{ resetAfter: true }, { status: 500, body: '{"error":"Task not found"}' }] as const;
const probably = (more: Partial<Outcome>) =>
  undelivered(2, 1, { log: /probably taken.*Callback not confirmed/s, ...more });
const several = { sent: 'several', arrived: 1 } as const;

/** What becomes of a success that is not taken at once, but may be later. */
export const lateSuccesses: readonly EventCell[] = [
  late('500 until after the deadline', converted({ ...several, log: new RegExp(ON) }), {
    orchestrator: downUntil(ON),
  }),
  late(
    '500 until after the deadline, with an outbox',
    converted({ ...several, log: new RegExp(HELD), outbox: 'empty' }),
    { orchestrator: downUntil(HELD), env: { ...PATIENT, ...OUTBOX } },
  ),
  late(
    '500 until after the deadline, while the outbox answers 503, then not',
    converted({ ...several, log: /could not be kept in the outbox yet/, outbox: 'empty' }),
    {
      orchestrator: downUntil(HELD),
      env: { ...PATIENT, ...OUTBOX },
      r2: (world) => (request) =>
        request.method === 'PUT' &&
        request.url.includes('/arke-outbox/pending/') &&
        !world.said('could not be kept in the outbox yet')
          ? { status: 503 }
          : undefined,
    },
  ),
  late('answer lost, then 500 “Task not found”', probably({}), {
    orchestrator: inOrder(...lost),
    env: {},
  }),
  late('answer lost, then 500 “Task not found”, with an outbox', probably({ outbox: 'kept' }), {
    orchestrator: inOrder(...lost),
    env: OUTBOX,
  }),
];
