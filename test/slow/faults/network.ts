import type { FaultOf } from '../../support/fault.ts';
import type { SeenRequest } from '../../support/fault-server.ts';
import { ATTEMPTS, type Cell, type Times } from './cell.ts';
import { injectionOf, requestsOf } from './injections.ts';
import { endless, patienceIn } from './patience.ts';
import type { Running, Scenario, World } from './world.ts';

const TIMES: Record<Times, number> = { once: 1, twice: 2, 'for good': Number.POSITIVE_INFINITY };

/** How often something must have gone wrong for a cell to have shown anything. */
export function leastTimes({ times, outcome }: Cell): number {
  if (times !== 'for good') return TIMES[times];
  return outcome.exitCode === 0 ? 1 : ATTEMPTS - 1;
}

/** The scenario of a cell of the network's table. */
export function scenarioOf(cell: Cell): Scenario {
  const atCallback = cell.stage.startsWith('callback');
  const task = {
    picture: cell.stage === 'GET, a further range' ? 'wide' : 'small',
    lost: cell.stage === 'callback of an error',
    patience: patienceIn(cell),
    ...(cell.stage === 'PUT over an older JPEG' && {
      before: (world: World) => world.putOlderJpeg(),
    }),
  } as const;
  if (cell.fault === 'refused') return { ...task, ...outage(cell) };
  const faults = (world: World) => injected(cell, world);
  return { ...task, ...(atCallback ? { orchestrator: faults } : { r2: faults }) };
}

function injected(cell: Cell, world: World): FaultOf {
  const injection = injectionOf(cell);
  // Each time the TIFF is replaced takes two requests: one that breaks off, and the next.
  const perTime = cell.fault === 'object replaced' && cell.stage === 'GET, its body' ? 2 : 1;
  let index = 0;
  return async (request) => {
    if (!requestsOf[cell.stage](request) || index >= TIMES[cell.times] * perTime) return undefined;
    const at = index++;
    world.happened.push(request.method);
    return typeof injection === 'function' ? injection(world, at, request) : injection;
  };
}

/**
 * Connections are refused from the stage's beginning until so many attempts have failed. As many
 * more may fail before connections are taken again, so many are allowed.
 */
function outage({ stage, times }: Cell): Partial<Scenario> {
  const door = (world: World) => (stage.startsWith('callback') ? world.orchestrator : world.r2);
  // What comes before the stage: its connection must not be there any more when the stage begins.
  const before = { HEAD: 'GET', PUT: 'HEAD' }[stage as string];
  const refuse = (world: World) => (request: SeenRequest) => {
    if (request.method === before) door(world).refuse();
    return undefined;
  };
  let retries = 0;
  const onLine = (line: string, world: Running) => {
    if (!/\] Retrying /.test(line)) return;
    world.happened.push(line);
    if (++retries === TIMES[times]) void door(world).accept();
  };
  const policy = { ...endless.storageRetry, attempts: times === 'for good' ? ATTEMPTS : 1_000 };
  return {
    patience: { ...endless, storageRetry: policy, callbackRetry: policy },
    onLine,
    ...(before ? { r2: refuse } : { before: (world) => door(world).refuse() }),
  };
}
