import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CappedCase,
  cappedCases,
  describeCase,
  runCapped,
} from '../../../bench/capped-task.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noCapBecause } from '../../support/memory-cap.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const reason = noCapBecause();
let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** No plan but for want of memory, and no deadline, however busy the machine is. */
const NO_HURRY = { TASK_TIMEOUT_MS: '500000' };

/**
 * Two of those that `npm run bench:memory` runs in 1 GB, a third as large in as much less: what is
 * held whole, compressed or on its side. Only as `fast`, the second with its pixels turned on disk,
 * do they fit.
 */
const chosen = cappedCases
  .filter((one) =>
    ['rgb8-deflate-one-strip-o1-120mp', 'rgb16-lzw-strips-o6-120mp'].some((name) =>
      describeCase(one).startsWith(name),
    ),
  )
  .map((one) => ({ ...one, megapixels: 40, capMB: 448 }));

describe(`under a hard cap of memory${reason ? ` (not tried here: ${reason})` : ''}`, () => {
  it.skipIf(reason).each(chosen.map((one) => [describeCase(one), one] as const))(
    'a large TIFF becomes a JPEG, and nothing is killed: %s',
    async (_, one) => {
      const run = await runCapped(sandbox.current, one, folder.root, NO_HURRY);
      expect(run.bodies, run.log).toMatchObject([{ status: 'success' }]);
      expect(run.exitCode).toBe(0);
      expect(run.oomKills, run.log).toBe(0);
      expect(run.log).toMatch(one.orientation === 6 ? / Plan: fast.*on disk/ : / Plan: fast/);
      const { width = 0, height = 0 } = run.seen ?? {};
      expect(height > width).toBe(one.orientation === 6);
    },
  );

  it.skipIf(reason)(
    'a conversion that the kernel kills is done again with effort fast',
    async () => {
      const [strips] = cappedCases.filter((one) => one.kind === 'rgb' && one.layout === 'strips');
      const one: CappedCase = { ...(strips as CappedCase), megapixels: 45, capMB: 288 };
      // The plan is told of memory that is not there: what `max` holds of this picture alone (2
      // bytes a sample) is 270 MB.
      const env = { ...NO_HURRY, MEMORY_LIMIT_MB: '4000' };
      const run = await runCapped(sandbox.current, one, folder.root, env);
      expect(run.oomKills, run.log).toBeGreaterThan(0);
      expect(run.bodies, run.log).toMatchObject([{ status: 'success' }]);
      expect(run.log).toMatch(
        /Plan: max .*\n.*Warning: Out of memory while converting .*\n.*Plan: fast/,
      );
    },
  );
});
