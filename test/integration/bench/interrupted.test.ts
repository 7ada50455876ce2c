import { readdir, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesOf } from '../../slow/faults/conversion-processes.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { until } from '../../support/until.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

const linux = process.platform === 'linux' ? '' : ' (not tried here: the benches are for Linux)';

/**
 * Runs a program of bench/ until it says so much on stderr or stdout, sends it a signal, and waits
 * for its end.
 */
async function interrupt(args: readonly string[], at: RegExp, signal: NodeJS.Signals) {
  const bench = execa(process.execPath, args, {
    env: { PATH: process.env['PATH'], TMPDIR: folder.root },
    extendEnv: false,
    all: true,
    reject: false,
    forceKillAfterDelay: false,
  });
  for await (const line of createInterface({ input: bench.all })) {
    if (!at.test(line)) continue;
    bench.kill(signal);
    break;
  }
  return bench;
}

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(folder.root)).toEqual([]);
  await until(() => processesOf(folder.root).length === 0);
}

const program = (path: string) => fileURLToPath(new URL(`../../../bench/${path}`, import.meta.url));

describe.skipIf(linux)(`a bench program that is interrupted${linux}`, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s ends all processes below it and removes its folder',
    async (signal) => {
      const script = await folder.write(
        'script.ts',
        `import { spawn } from 'node:child_process';
        import { writeFileSync } from 'node:fs';
        import { inWorkFolder } from '${program('work-folder.ts')}';
        await inWorkFolder('test', async (folder) => {
          writeFileSync(folder + '/file', '');
          // Deaf to signals, in a session of its own, and with a child.
          const trap = "trap '' INT TERM; sleep 100 & echo started; wait";
          spawn('setsid', ['sh', '-c', trap], { stdio: ['ignore', 'inherit', 'inherit'] });
          await new Promise(() => setInterval(() => {}, 1_000));
        });`,
      );
      const { signal: endedBy } = await interrupt([script], /started/, signal);
      expect(endedBy).toBe(signal);
      await rm(script);
      await expectNothingLeft();
    },
  );

  it('removes its folder when it fails, too', async () => {
    const script = await folder.write(
      'script.ts',
      `import { inWorkFolder } from '${program('work-folder.ts')}';
      await inWorkFolder('test', async () => { throw new Error('wrong'); });`,
    );
    const { exitCode, stderr } = await execa(process.execPath, [script], {
      env: { TMPDIR: folder.root },
      reject: false,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Error: wrong');
    await rm(script);
    await expectNothingLeft();
  });

  it.each([
    ['bench', ['bench.ts', '--only', 'missing'], /^missing …/],
    ['bench:scale', ['scale.ts', '2'], /^2 at once/],
  ] as const)(
    'while tasks run ends them, R2 and the orchestrator: %s',
    async (_, [path, ...args], at) => {
      const { signal } = await interrupt([program(path), ...args], at, 'SIGINT');
      expect(signal).toBe('SIGINT');
      await expectNothingLeft();
    },
  );
});
