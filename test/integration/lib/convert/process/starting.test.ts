import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { impatientOnce, noneLeft, pid, signalChild } from '../../../../support/converters.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { isRunning } from '../../../../support/processes.ts';
import { until } from '../../../../support/until.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

it('a conversion process starts only when it is needed', async () => {
  const converter = openConverter(folder.root);
  expect(pid()).toBeUndefined();
  await converter.close();
  expect(pid()).toBeUndefined();
});

it('a process that the system cannot start says what ran out, and what helps', async () => {
  const script = `
    import { openSync } from 'node:fs';
    import { openConverter } from './src/lib/convert/process/converter.ts';
    const converter = openConverter(${JSON.stringify(folder.root)});
    try {
      for (;;) openSync('/dev/null');
    } catch {}
    const { code, message } = await converter.versions().catch((error) => error);
    console.log(JSON.stringify({ code, message }));
    await converter.close();`;
  const few = ['sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'] as const;
  const [command, ...flags] = [...few, process.execPath, '--input-type=module', '--eval', script];
  const { stdout } = await execa(command, flags);
  expect(JSON.parse(stdout)).toEqual({
    code: 'CRASHED',
    message:
      'The conversion process could not be started: this process has too many open files (EMFILE). ' +
      'Raise the limit (ulimit -n), or convert fewer TIFFs at once.',
  });
});

describe('a conversion process that does not get ready', () => {
  it.each([
    ['is killed', 'SIGKILL'],
    ['crashes', 'SIGSEGV'],
    ['says nothing', 'SIGSTOP'],
  ] as const)('because it %s is replaced by one that does', async (_, signal) => {
    const converter = openConverter(folder.root);
    try {
      const versions = converter.versions(impatientOnce(500));
      // Before it can have loaded anything.
      const first = signalChild(signal) ?? Number.NaN;
      expect(await versions).toContain('sharp/');
      await until(() => !isRunning(first));
      expect(pid()).toBeDefined();
    } finally {
      await converter.close();
    }
    await noneLeft();
  });

  it('is not waited for after an abort', async () => {
    const converter = openConverter(folder.root);
    const enough = new AbortController();
    const versions = converter.versions({ signal: enough.signal });
    signalChild('SIGSTOP');
    enough.abort(new Error('enough'));
    await expect(versions).rejects.toThrow('enough');
    await converter.close();
    await noneLeft();
  });

  it('because it was closed is not replaced', async () => {
    const converter = openConverter(folder.root);
    const versions = converter.versions();
    await Promise.all([expect(versions).rejects.toThrow(), converter.close()]);
    await noneLeft();
  });
});
