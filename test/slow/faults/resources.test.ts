import { describe, expect, it } from 'vitest';
import { useStand } from './describe-cells.ts';
import { expectOutcome } from './expect-outcome.ts';
import { resources, scenarioUnder } from './resources.ts';
import { runScenario } from './world.ts';

const stand = useStand({ heavy: true, vast: true });

describe('what runs out', () => {
  it.for(resources.map((cell) => [cell.event, cell.stage, cell] as const))(
    '%s, %s: ends as the table says',
    async ([, , cell], context) => {
      const reason = cell.impossible();
      if (reason) context.skip(reason);
      const shortage = cell.make(stand.pictures[cell.picture][0]?.length ?? 0);
      await using _ = shortage;
      const ended = await runScenario(stand, scenarioUnder(shortage, cell));
      await expectOutcome(ended, cell.outcome);
      expect(shortage.felt(), ended.output).toBe(true);
    },
  );
});
