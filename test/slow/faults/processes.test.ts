import { describe, it } from 'vitest';
import { useStand } from './describe-cells.ts';
import { childKilled, deadlines, type EventCell, parentKilled, signals } from './events.ts';
import { expectOutcome } from './expect-outcome.ts';
import { lateSuccesses } from './late.ts';
import { MomentMissed } from './moments.ts';
import { outboxes } from './outbox.ts';
import { tls } from './tls.ts';
import { type Ended, runScenario, type Stand } from './world.ts';

const stand = useStand({ heavy: true, huge: true });

const elsewhere = process.platform === 'linux' ? '' : ' (not tried here: /proc tells who they are)';

describe.skipIf(elsewhere).each([
  ['a stop signal', signals],
  ['a program that is killed', parentKilled],
  ['a conversion process that is killed', childKilled],
  ['silence', deadlines],
  ['an outbox', outboxes],
  ['a late success', lateSuccesses],
  ['TLS', tls],
] as const)(`%s${elsewhere}`, (_, cells: readonly EventCell[]) => {
  it.concurrent.each(cells.map((cell) => [cell.event, cell.stage, cell] as const))(
    '%s, %s: ends as the table says',
    async (_event: string, _stage: string, cell: EventCell) => {
      await expectOutcome(await inTime(stand, cell), cell.outcome);
    },
  );
});

/**
 * Runs a cell; once more when a busy machine was so late that there was nothing left to do it to,
 * and with twice the time where the task's deadline is what ends it.
 */
async function inTime(stand: Stand, cell: EventCell, attempt = 1): Promise<Ended> {
  const { scenario } = cell;
  const { TASK_TIMEOUT_MS: deadline } = scenario.env ?? {};
  const later = deadline && { TASK_TIMEOUT_MS: String(Number(deadline) * 2 ** (attempt - 1)) };
  try {
    const ended = await runScenario(stand, { ...scenario, env: { ...scenario.env, ...later } });
    if (ended.world.happened.length === 0) throw new MomentMissed();
    return ended;
  } catch (error) {
    if (!(error instanceof MomentMissed) || attempt >= 6) throw error;
    return inTime(stand, cell, attempt + 1);
  }
}
