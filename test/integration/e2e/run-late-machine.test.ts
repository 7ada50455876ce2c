import { describe, expect, it } from 'vitest';
import { machineVersion } from '../../support/machine-version.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();

/** Runs a task, whose JPEG is not there yet, on a machine of Fly's. */
async function runOn(version: string, key: string) {
  await sandbox.current.putObject(key, await plainTiff());
  return runTask(sandbox.current, key, {
    FLY_MACHINE_ID: '148e21ea7e4089',
    FLY_MACHINE_VERSION: version,
  });
}

describe('a task whose machine started 53 s after it was asked for', () => {
  it('is converted with effort fast at once, and says why', async () => {
    const { stdout, bodies, exitCode } = await runOn(machineVersion(Date.now() - 53_000), 'a.tif');
    expect(stdout).toMatch(
      /Note: the machine started 5\d\.\d s after it was asked for; its plan has 4\d\.\d s less\n/,
    );
    expect(stdout).toContain('] Plan: fast (');
    expect(bodies).toMatchObject([{ status: 'success' }]);
    expect(exitCode).toBe(0);
  });
});

describe('a task whose machine’s age is unknown or implausible', () => {
  it.each([
    ['no ULID', () => 'garbage'],
    ['the future', () => machineVersion(Date.now() + 600_000)],
    ['two hours ago', () => machineVersion(Date.now() - 7_200_000)],
  ])('is planned as usual: %s', async (name, version) => {
    const { stdout, bodies } = await runOn(version(), `${name}/b.tif`);
    expect(stdout).toContain('] Plan: max (it fits)');
    expect(stdout).not.toContain('asked for');
    expect(bodies).toMatchObject([{ status: 'success' }]);
  });
});
