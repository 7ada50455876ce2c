import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { objectsUnder, putAll } from '../../support/batches.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { signalWhere, whereEnded } from '../../support/stopped-runs.ts';
import { useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();

const SHARDS = 3;
const NAMES = Array.from({ length: 24 }, (_, i) => `scan${i}.tif`);
const FOREIGN = Buffer.from('made by somebody else');

const setup = (more: Record<string, string> = {}) => ({
  env: {
    ...sandbox.current.environment('b', 't', 'k'),
    TMPDIR: folder.root,
    NODE_DISABLE_COMPILE_CACHE: '1',
    ...more,
  },
});

async function putBox(prefix: string): Promise<void> {
  const tiff = await plainTiff();
  await putAll(sandbox.current, prefix, [
    ...[...NAMES, 'map.tif', 'map.tiff', 'odd.tif'].map((name) => [name, tiff] as const),
    ['odd.jpg', FOREIGN],
  ]);
}

/** What `--json-lines` tells was converted. */
function convertedIn(stdout: string): string[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ event, status }) => event === 'file.ended' && status === 'converted')
    .map(({ input }) => input);
}

const runShard = (prefix: string, shard: string, more: string[] = [], env = {}) =>
  runProgram(['batch', prefix, '--shard', shard, '--json-lines', ...more], setup(env));

describe('the shards of a batch', () => {
  it('make every JPEG once, though some are killed and begun again', async () => {
    const prefix = 'shards/whole/';
    await putBox(prefix);
    const shards = Array.from({ length: SHARDS }, (_, index) => `${index}/${SHARDS}`);
    const [killed, ...others] = await Promise.all([
      signalWhere(
        whereEnded(2),
        ['SIGKILL'],
        ['batch', prefix, '--shard', `0/${SHARDS}`, '--json-lines', '-j', '1'],
        setup(),
      ),
      ...shards.slice(1).map((shard) => runShard(prefix, shard)),
    ]);
    expect(killed?.signal).toBe('SIGKILL');
    const again = await runShard(prefix, `0/${SHARDS}`);
    const whole = [...others, again];
    expect(whole.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const made = whole.flatMap(({ stdout }) => convertedIn(stdout));
    expect(new Set(made).size, 'two processes made the same JPEG').toBe(made.length);
    const objects = await objectsUnder(sandbox.current, prefix);
    const jpegs = [...objects.keys()].filter((name) => name.endsWith('.jpg'));
    expect(jpegs.toSorted()).toEqual(
      [
        ...NAMES.map((name) => name.replace('.tif', '.jpg')),
        ...['map.jpg', 'map.tiff.jpg', 'odd.jpg', 'odd.tif.jpg'],
      ].toSorted(),
    );
    const odd = await sandbox.current.getObject(`${prefix}odd.jpg`);
    expect(Buffer.from(odd?.bytes ?? []).equals(FOREIGN), 'odd.jpg was replaced').toBe(true);
  });

  it('have a share by the variables of an engine, which alone change nothing', async () => {
    const prefix = 'shards/engine/';
    await putBox(prefix);
    const env = { CLOUD_RUN_TASK_INDEX: '1', CLOUD_RUN_TASK_COUNT: '4' };
    const share = await runProgram(['batch', prefix, '--shard', 'auto', '-n'], setup(env));
    expect(share.stderr).toMatch(/^Shard 1\/4: \d of 27 TIFFs$/m);
    expect(share.exitCode).toBe(0);
    const all = await runProgram(['batch', prefix, '-n'], setup(env));
    expect(all.stderr).not.toContain('Shard');
    expect(all.stderr).toContain('27 TIFFs');
  });

  it('may be empty: that is a success', async () => {
    const prefix = 'shards/few/';
    await putAll(sandbox.current, prefix, [['a.tif', await plainTiff()]]);
    const runs = await Promise.all(
      ['0/2', '1/2'].map((shard) =>
        runProgram(['batch', prefix, '--shard', shard, '--json'], setup()),
      ),
    );
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const files = runs.flatMap(({ stdout }) => JSON.parse(stdout).files);
    expect(files).toHaveLength(1);
  });

  it.each([
    [['--shard', '3/3'], 'shards count from 0, so the last is 2/3'],
    [['--shard', 'auto'], 'no engine has set its number'],
  ])('are refused when there is no such shard: %j', async (flags, message) => {
    const run = await runProgram(['batch', 'shards/', ...flags], setup());
    expect(run.stderr).toContain(message);
    expect(run.exitCode).toBe(2);
  });
});

describe('a list of keys', () => {
  it('is taken from a file, from stdin or from R2, with or without a prefix', async () => {
    const prefix = 'shards/keys/';
    await putBox(prefix);
    const list = folder.path('keys.txt');
    const text = [`${prefix}scan3.tif`, `r2://${prefix}scan5.tif`, `${prefix}scan3.tif`].join('\n');
    await writeFile(list, text);
    await sandbox.current.putObject('lists/keys.txt', Buffer.from(text));
    const from = async (args: string[], input?: string) => {
      const run = await runProgram(['batch', ...args, '-n', '--json'], {
        ...setup(),
        ...(input === undefined ? {} : { input }),
      });
      expect(run.stderr).toBe('');
      return JSON.parse(run.stdout).files.map((file: { input: string }) => file.input);
    };
    const expected = [`${prefix}scan3.tif`, `${prefix}scan5.tif`];
    expect(await from(['--keys', list])).toEqual(expected);
    expect(await from([prefix, '--keys', list])).toEqual(expected);
    expect(await from(['--keys', '-'], text)).toEqual(expected);
    expect(await from(['--keys', 'r2://lists/keys.txt'])).toEqual(expected);
  });

  it('says how many of its keys a prefix leaves out', async () => {
    const prefix = 'shards/outside/';
    await putBox(prefix);
    const run = await runProgram(['batch', prefix, '--keys', '-', '-n'], {
      ...setup(),
      input: `${prefix}scan1.tif\nshards/other/scan1.tif\n`,
    });
    expect(run.stderr).toContain(`Warning: 1 of 2 keys are not under ${prefix}: left out.`);
    expect(run.exitCode).toBe(0);
  });

  it('fails a key without an object, and converts the others', async () => {
    const prefix = 'shards/gone/';
    await putBox(prefix);
    const run = await runProgram(['batch', '--keys', '-', '--json'], {
      ...setup(),
      input: `${prefix}gone.tif\n${prefix}scan1.tif\n`,
    });
    const { files, summary } = JSON.parse(run.stdout);
    expect(summary.failed).toBe(1);
    expect(files[0].error.code).toBe('OBJECT_NOT_FOUND');
    expect(files[1].status).toBe('converted');
    expect(run.exitCode).toBe(1);
  });

  it.each([
    [['--keys', 'r2://lists/none.txt'], '', 'There is no list r2://lists/none.txt', 1],
    [['--keys', '-'], 'a/../b.tif\n', 'key 1 of the list, "a/../b.tif", must not contain', 2],
    [['--dry-run'], '', 'PREFIX or --keys is missing', 2],
  ])('is refused: batch %j', async (flags, input, message, code) => {
    const run = await runProgram(['batch', ...flags], { ...setup(), input });
    expect(run.stderr).toContain(message);
    expect(run.exitCode).toBe(code);
  });
});
