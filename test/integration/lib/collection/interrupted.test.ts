import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { InterruptedError } from '../../../../src/lib/stop.ts';
import { type CollectionFolder, useCollections } from '../../../support/collection-folders.ts';
import { outputsIn, runCollection, timelessRecord, wordsOf } from '../../../support/collections.ts';
import { noisyTiff, pagedTiff, plainTiff } from '../../../support/pictures.ts';
import { childrenOf, isRunning } from '../../../support/processes.ts';
import { until } from '../../../support/until.ts';
import { useFolder } from '../../../support/use-folder.ts';

const collectionOf = useCollections();
const script = fileURLToPath(new URL('../../../support/collection-process.ts', import.meta.url));
let files: Record<string, Buffer>;
let large: Buffer;
beforeAll(async () => {
  large = await noisyTiff(3000);
  const medium = await noisyTiff(700);
  files = {
    '1.tif': await plainTiff(),
    '2.tif': medium,
    '3.tif': medium,
    '4.tif': pagedTiff(2),
    '5.tif': Buffer.from('no TIFF'),
    '6.tif': medium,
    '7.tif': medium,
    '8.tif': medium,
  };
});

/** The same files at the same times. */
async function sameCollection() {
  const collection = await collectionOf(files);
  const then = new Date('2020-01-02T03:04:05Z');
  for (const input of collection.inputs) await utimes(input, then, then);
  return collection;
}

/** Runs in a process of its own, which is killed when so many events of a kind have been told. */
async function killedRun(
  inputs: readonly string[],
  event: string,
  count: number,
  env = process.env,
) {
  const run = execFile(process.execPath, [script, ...inputs], { env });
  const exited = once(run, 'exit');
  let told = 0;
  let children: number[] = [];
  for await (const line of createInterface({ input: run.stdout ?? process.stdin })) {
    if (!line.includes(`"event":"${event}"`) || ++told < count) continue;
    children = childrenOf(run.pid ?? 0, 'child.');
    run.kill('SIGKILL');
    break;
  }
  expect(told).toBe(count);
  // Until then its id is taken, as if it were alive.
  await exited;
  await until(() => !children.some(isRunning));
}

describe('a run that is killed and started again', () => {
  let whole: CollectionFolder;
  beforeAll(async () => {
    whole = await sameCollection();
    await runCollection(whole.inputs);
  });

  it.each([
    ['file.started', 1],
    ['file.started', 4],
    ['file.ended', 3],
  ])('has the same result as one that is not: at %s %i', async (event, count) => {
    const killed = await sameCollection();
    await killedRun(killed.inputs, event, count);
    const again = await runCollection(killed.inputs);
    expect(wordsOf(again)).toMatchObject({ '5.tif': 'failed' });
    expect(again.summary).toMatchObject({ failed: 1, left: 0 });
    expect(await outputsIn(killed.root)).toEqual(await outputsIn(whole.root));
    expect((await readdir(killed.root)).sort()).toEqual((await readdir(whole.root)).sort());
    expect(await timelessRecord(killed.root)).toEqual(await timelessRecord(whole.root));
  });
});

describe('the temporary folder of a run that was killed', () => {
  const temporary = useFolder();

  it('is removed by the next run', async () => {
    const { inputs } = await sameCollection();
    const env = { ...process.env, TMPDIR: temporary.root };
    await killedRun(inputs, 'file.started', 1, env);
    expect(await readdir(temporary.root)).toHaveLength(1);
    await promisify(execFile)(process.execPath, [script, ...inputs], { env });
    expect(await readdir(temporary.root)).toEqual([]);
  });
});

describe('a run that is stopped', () => {
  it('discards unfinished files, and reports what remains', async () => {
    const { root, inputs } = await collectionOf({ '1.tif': large, '2.tif': large, '3.tif': large });
    const controller = new AbortController();
    let asked = 0;
    const { summary, ends } = await runCollection(inputs, {
      signal: controller.signal,
      budget: {
        // Asked for each plan, twice a file, and then at every sign of life of a conversion.
        secondsLeft: () => {
          if (++asked > 2 * inputs.length) controller.abort(new InterruptedError('SIGINT'));
          return 1_000;
        },
      },
    });
    expect(summary).toMatchObject({
      files: 3,
      stopped: 'SIGINT',
      converted: 0,
      failed: 0,
      left: 3,
    });
    expect(ends).toEqual({});
    expect(await readdir(root)).toEqual(['1.tif', '2.tif', '3.tif']);
    expect(childrenOf(process.pid, 'child.')).toEqual([]);
  });

  it('keeps finished files, and continues from there when it is started again', async () => {
    const { inputs } = await collectionOf({ '1.tif': await plainTiff(), '2.tif': large });
    const controller = new AbortController();
    const { summary } = await runCollection(inputs, {
      jobs: 1,
      signal: controller.signal,
      onEvent: ({ event }) => {
        if (event === 'file.ended') controller.abort(new InterruptedError('SIGTERM'));
      },
    });
    expect(summary).toMatchObject({ stopped: 'SIGTERM', converted: 1, left: 1 });
    expect(wordsOf(await runCollection(inputs))).toEqual({
      '1.tif': 'skipped',
      '2.tif': 'converted',
    });
  });
});
