import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeAbandonedOutputs, temporaryBeside } from '../../../src/lib/temporary-output.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

describe('an output that is being written', () => {
  it('is beside its target, under a unique name', () => {
    const [one, other] = [1, 2].map(() => temporaryBeside(folder.path('a.jpg')));
    expect(one).not.toBe(other);
    expect(one).toContain(folder.root);
  });

  it('is removed once its process is gone, even if another has its id, and left alone while it lives, or is on another machine', async () => {
    const living = basename(temporaryBeside(folder.path('a.jpg')));
    const code = 'process.stdout.write(String(process.pid))';
    const pid = execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    const abandoned = living.replace(`-${process.pid}.`, `-${pid}.`);
    const reused = living.replace(`-${process.pid}.`, `-${process.pid}.9`);
    const elsewhere = abandoned.replace(/^\.arke-tiff-[\da-f]{8}/, '.arke-tiff-00000000');
    for (const name of [living, abandoned, reused, elsewhere, 'a.part'])
      await folder.write(name, 'half');
    await removeAbandonedOutputs(folder.root);
    expect((await readdir(folder.root)).sort()).toEqual([elsewhere, living, 'a.part'].sort());
    await removeAbandonedOutputs(folder.path('no such folder'));
  });
});
