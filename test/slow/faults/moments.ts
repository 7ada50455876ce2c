import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, FaultOf } from '../../support/fault.ts';
import { cpuSecondsOf, signalIfThere } from '../../support/processes.ts';
import { until } from '../../support/until.ts';
import { processesOf } from './conversion-processes.ts';
import type { Running, Scenario, World } from './world.ts';

/** Thrown when the moment for an event had passed before it was noticed: the cell is run again. */
export class MomentMissed extends Error {}

/**
 * Waits for the moment itself. Throws `MomentMissed` when the task has ended, as by its deadline,
 * and it has not come.
 */
async function come(world: Running, moment: () => unknown): Promise<void> {
  const end = await until(async () => {
    const hasEnded = world.hasEnded();
    if (await moment()) return 'come';
    return hasEnded && 'missed';
  });
  if (end === 'missed') throw new MomentMissed();
}

/** A file in the task's own temporary folder that has got so many bytes. */
function hasFile({ temporary }: Pick<World, 'temporary'>, name: string, bytes = 0): boolean {
  return readdirSync(temporary).some((folder) => {
    const path = join(temporary, folder, name);
    return existsSync(path) && statSync(path).size >= bytes;
  });
}

/** Acts when a request of this method comes, and lets the fault happen to it. */
function atRequest(
  method: string,
  act: (world: Running) => unknown,
  fault?: Fault,
): (world: Running) => FaultOf {
  return (world) => async (request) => {
    if (request.method !== method) return undefined;
    world.happened.push(method);
    if (world.happened.length === 1) await act(world);
    return fault;
  };
}

/**
 * Acts in the middle of a conversion: its process has got somewhere, has nothing to show yet (sharp
 * opens the JPEG when all pixels are in), and stands still.
 */
function duringConversion(act: (world: Running) => unknown): Pick<Scenario, 'meanwhile'> {
  return {
    async meanwhile(world) {
      await until(() => world.hasEnded() || world.said('] Plan: '));
      const [id = 0] = processesOf(world.temporary);
      const before = cpuSecondsOf(id);
      await until(() => world.hasEnded() || cpuSecondsOf(id) > before + SOME_SECONDS);
      for (const one of processesOf(world.temporary)) signalIfThere(one, 'SIGSTOP');
      if (world.hasEnded() || hasFile(world, 'output.jpg')) throw new MomentMissed();
      world.happened.push('converting');
      await act(world);
    },
  };
}

/** Of CPU, so that the conversion has got somewhere. */
const SOME_SECONDS = 0.1;

/** A moment in a task, at which something can be done to it; the task waits there. */
export interface Moment {
  readonly stage: string;
  readonly scenario: (act: (world: Running) => unknown) => Partial<Scenario>;
}

export const getAnswer: Moment = {
  stage: 'GET, its answer',
  scenario: (act) => ({ r2: atRequest('GET', act, { hang: true }) }),
};
export const getBody: Moment = {
  stage: 'GET, its body',
  scenario: (act) => ({
    r2: atRequest('GET', () => {}, { stallAfter: 50_000 }),
    meanwhile: async (world) => {
      await come(world, () => hasFile(world, 'input.tif', 1));
      await act(world);
    },
  }),
};
export const getSlowly: Moment = {
  stage: 'GET, whose body comes slowly',
  scenario: (act) => ({
    r2: atRequest('GET', () => {}, { drip: { bytes: 10, everyMs: 20 } }),
    meanwhile: async (world) => {
      await come(world, () => hasFile(world, 'input.tif', 1));
      await act(world);
    },
  }),
};
export const head: Moment = {
  stage: 'HEAD',
  scenario: (act) => ({ r2: atRequest('HEAD', act, { hang: true }) }),
};
export const converting: Moment = {
  stage: 'conversion',
  scenario: (act) => ({ picture: 'heavy', ...duringConversion(act) }),
};
export const getGoesOn: Moment = {
  stage: 'GET of a small TIFF, which is answered then',
  scenario: (act) => ({ r2: atRequest('GET', act) }),
};
export const convertingGoesOn: Moment = {
  stage: 'conversion, which goes on',
  scenario: (act) => ({
    picture: 'heavy',
    meanwhile: async (world) => {
      await come(world, () => world.said('] Plan: '));
      world.happened.push('converting');
      await act(world);
    },
  }),
};
export const putGoesOn: Moment = {
  stage: 'PUT, which is taken then',
  scenario: (act) => ({ r2: atRequest('PUT', act) }),
};
export const put: Moment = {
  stage: 'PUT',
  scenario: (act) => ({ r2: atRequest('PUT', act, { hang: true }) }),
};
export const putArrived: Moment = {
  stage: 'PUT, after it arrived',
  scenario: (act) => ({
    r2: atRequest('PUT', () => {}, { hangAfter: true }),
    meanwhile: async (world) => {
      await come(world, () => world.sandbox.getObject(world.jpegKeys[0]));
      await act(world);
    },
  }),
};

/**
 * A callback that nobody answers. With another body it is none of these: the deadline has come
 * before the moment did.
 */
function hangingCallback(isAwaited: RegExp): Moment['scenario'] {
  return (act) => ({
    orchestrator: (world) => async (request) => {
      if (isAwaited.test(String(await request.body()))) world.happened.push(request.method);
      return { hangAfter: true };
    },
    // A program that is gone at once is asked after before the body is passed on.
    meanwhile: async (world) => {
      await come(world, async () => (await world.arrived()).length);
      if (world.happened.length === 0) throw new MomentMissed();
      await act(world);
    },
  });
}

export const callback: Moment = {
  stage: 'callback of a success',
  scenario: hangingCallback(/"status":"success"/),
};
export const errorCallback: Moment = {
  stage: 'callback of an error',
  scenario: (act) => ({ lost: true, ...hangingCallback(/404 Not Found/)(act) }),
};
/** The first attempt has failed, and the next one is waited for. */
export const betweenCallbacks: Moment = {
  stage: 'between two attempts at the callback',
  scenario: (act) => ({
    orchestrator: (world) => async () => {
      world.happened.push('POST');
      if (world.happened.length > 1) return undefined;
      await act(world);
      return { status: 503 };
    },
  }),
};

export const starting: Moment = {
  stage: 'while it starts',
  scenario: (act) => ({
    meanwhile: async (world) => {
      world.happened.push('starting');
      await act(world);
    },
  }),
};
export const idle: Moment = {
  stage: 'while it waits for the TIFF',
  // Whose the object under the first key is cannot be told before the process is ready and says its
  // versions.
  scenario: (act) => ({
    before: (world) => world.putForeignJpeg(0),
    r2: (world) => {
      let heads = 0;
      return async ({ method }) => {
        if (method !== 'HEAD' || ++heads !== 2) return undefined;
        world.happened.push('idle');
        await act(world);
        return undefined;
      };
    },
  }),
};
