import { describe, it } from 'vitest';
import { useStand } from './describe-cells.ts';
import { childKilled, deadlines, type EventCell, parentKilled, signals } from './events.ts';
import { expectOutcome } from './expect-outcome.ts';
import { MomentMissed } from './moments.ts';
import { outboxes } from './outbox.ts';
import { type Ended, runScenario, type Stand } from './world.ts';

const stand = useStand({ heavy: true });

const elsewhere = process.platform === 'linux' ? '' : ' (not tried here: /proc tells who they are)';

describe.skipIf(elsewhere).each([
  ['a stop signal', signals],
  ['a program that is killed', parentKilled],
  ['a conversion process that is killed', childKilled],
  ['silence', deadlines],
  ['an outbox', outboxes],
] as const)(`%s${elsewhere}`, (_, cells: readonly EventCell[]) => {
  it.concurrent.each(cells.map((cell) => [cell.event, cell.stage, cell] as const))(
    '%s, %s: ends as the table says',
    async (_event: string, _stage: string, cell: EventCell) => {
      await expectOutcome(await inTime(stand, cell), cell.outcome);
    },
  );
});

/** Runs a cell; once more when a busy machine was so late that there was nothing left to do it to. */
async function inTime(stand: Stand, cell: EventCell, attempts = 5): Promise<Ended> {
  try {
    return await runScenario(stand, cell.scenario);
  } catch (error) {
    if (!(error instanceof MomentMissed) || attempts <= 1) throw error;
    return inTime(stand, cell, attempts - 1);
  }
}
