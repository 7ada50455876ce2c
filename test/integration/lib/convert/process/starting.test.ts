import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { childrenOf } from '../../../../support/processes.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** The conversion process of this one. */
const pid = () => childrenOf(process.pid, 'child.')[0];

/** Sends it a signal before it can have loaded anything. */
function signalChild(signal: NodeJS.Signals): number {
  const child = pid();
  if (child === undefined) throw new Error('There is no conversion process.');
  process.kill(child, signal);
  return child;
}

it('there is no conversion process before somebody needs one', async () => {
  const converter = openConverter(folder.root);
  expect(pid()).toBeUndefined();
  await converter.close();
  expect(pid()).toBeUndefined();
});

describe('a conversion process that does not get ready', () => {
  it.each([
    ['is killed', 'SIGKILL'],
    ['crashes', 'SIGSEGV'],
    ['says nothing', 'SIGSTOP'],
  ] as const)('because it %s is replaced by one that does', async (_, signal) => {
    const converter = openConverter(folder.root);
    try {
      const versions = converter.versions({ silenceMs: 3_000 });
      const first = signalChild(signal);
      expect(await versions).toContain('sharp/');
      expect(pid()).not.toBe(first);
    } finally {
      await converter.close();
    }
    expect(pid()).toBeUndefined();
  });

  it('is not waited for by whoever has had enough', async () => {
    const converter = openConverter(folder.root);
    const enough = new AbortController();
    const versions = converter.versions({ signal: enough.signal });
    signalChild('SIGSTOP');
    enough.abort(new Error('enough'));
    await expect(versions).rejects.toThrow('enough');
    await converter.close();
    expect(pid()).toBeUndefined();
  });

  it('because it was closed is not replaced', async () => {
    const converter = openConverter(folder.root);
    const versions = converter.versions();
    await Promise.all([expect(versions).rejects.toThrow(), converter.close()]);
    expect(pid()).toBeUndefined();
  });
});
