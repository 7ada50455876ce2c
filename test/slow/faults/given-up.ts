import type { OrchestratorBatchOptions } from '../../../src/dev/sandbox/orchestrator.ts';
import { until } from '../../support/until.ts';
import type { EventCell } from './events.ts';
import { callback } from './moments.ts';
import { converted, type Outcome, undelivered } from './outcome.ts';
import { endless } from './patience.ts';
import type { Scenario, World } from './world.ts';

/**
 * The orchestrator has asked for the task's machine, and this is what it has done by the time that
 * runs.
 */
type Before = (world: World) => Promise<void>;

/** It has waited for longer than it waits. */
const timedOut =
  (options: OrchestratorBatchOptions): Before =>
  async ({ sandbox, batchId, taskId }) => {
    await sandbox.createTasks(batchId, [taskId], { timeoutMs: 0, everyMs: 10, ...options });
    await until(async () => (await sandbox.batch(batchId))?.tasks[taskId]?.status === 'failed');
  };

const batchFailed: Before = async ({ sandbox, batchId, taskId }) => {
  await sandbox.createTasks(batchId, [taskId]);
  await sandbox.endBatch(batchId);
};

function cell(event: string, outcome: Outcome, before: Before): EventCell {
  const scenario: Scenario = {
    picture: 'small',
    patience: endless,
    async before(world: World) {
      world.happened.push(event);
      await before(world);
    },
  };
  return { event, stage: callback.stage, outcome, scenario };
}

/** What becomes of a success that comes when the orchestrator no longer waits for it. */
export const givenUp: readonly EventCell[] = [
  cell(
    'the orchestrator has given the task up, not the batch',
    converted({ listed: 'yes' }),
    timedOut({ staysOpen: true }),
  ),
  cell(
    'the orchestrator has gone on to its next phase',
    undelivered(1, 1, { listed: 'no' }),
    timedOut({}),
  ),
  cell(
    'the orchestrator’s batch has failed as a whole',
    undelivered(3, 3, { listed: 'no' }),
    batchFailed,
  ),
];
