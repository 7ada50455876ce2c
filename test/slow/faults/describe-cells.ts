import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/dev/sandbox/sandbox.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { useSandbox } from '../../support/tasks.ts';
import type { Cell, Stage } from './cell.ts';
import { chosen } from './choice.ts';
import { expectOutcome } from './expect-outcome.ts';
import { leastTimes, scenarioOf } from './network.ts';
import { type Costly, makePictures, type Pictures } from './pictures.ts';
import { cells } from './table.ts';
import { runScenario, type Stand } from './world.ts';

/** What all cells of a file share: one sandbox, one folder, the pictures. */
export function useStand(which: Costly = {}): Stand {
  const sandbox = useSandbox();
  let folder: TestFolder;
  let pictures: Pictures;
  beforeAll(async () => {
    folder = await makeFolder();
    pictures = await makePictures(which);
  });
  afterAll(() => folder.remove());
  return {
    get sandbox(): Sandbox {
      return sandbox.current;
    },
    get folder() {
      return folder;
    },
    get pictures() {
      return pictures;
    },
  };
}

/** Runs the chosen cells of some stages, several at once: most of them wait most of the time. */
export function describeCells(stages: readonly Stage[]): void {
  const stand = useStand();
  const choice = chosen(cells).filter(({ stage }) => stages.includes(stage));
  describe.each(stages)('a fault at %s', (stage) => {
    const here = choice.filter((cell) => cell.stage === stage);
    it.concurrent.each(here.map((cell) => [cell.fault, cell.times, cell] as const))(
      '%s, %s: ends as the table says',
      async (_fault: string, _times: string, cell: Cell) => {
        const ended = await runScenario(stand, scenarioOf(cell));
        expect(ended.world.happened.length).toBeGreaterThanOrEqual(leastTimes(cell));
        await expectOutcome(ended, cell.outcome);
      },
    );
  });
}
