import { execFileSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { removeAbandonedWorkspaces, withWorkspace } from '../../../src/lib/workspace.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
let root: string;
beforeEach(async () => {
  root = await mkdtemp(folder.path('tmp-'));
  vi.stubEnv('TMPDIR', root);
});
afterEach(() => void vi.unstubAllEnvs());

/** The number of a process that has ended. */
const endedPid = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();

/** The name that a temporary folder of an ended process has. */
function abandonedName(): Promise<string> {
  return withWorkspace(async (workspace) =>
    basename(workspace.folder).replace(`-${process.pid}.`, `-${endedPid}.`),
  );
}

describe('the temporary folder of a killed process', () => {
  it('is removed with its contents, but not what its links point to', async () => {
    const abandoned = join(root, await abandonedName());
    await mkdir(join(abandoned, '1'), { recursive: true });
    await writeFile(join(root, 'kept.tif'), 'kept');
    await symlink(root, join(abandoned, '1', 'link'));
    await removeAbandonedWorkspaces();
    expect(await readdir(root)).toEqual(['kept.tif']);
    expect(await readFile(join(root, 'kept.tif'), 'utf8')).toBe('kept');
  });

  it('is removed when another process has its number', async () => {
    await withWorkspace(async (workspace) => {
      const name = basename(workspace.folder);
      const earlier = name.replace(/\.\d+-/, '.1-');
      expect(earlier).not.toBe(name);
      await mkdir(join(root, earlier));
      await removeAbandonedWorkspaces();
      expect(await readdir(root)).toEqual([name]);
    });
  });
});

describe('what is not removed', () => {
  it('is the folder of a living process', async () => {
    await withWorkspace(async (workspace) => {
      await removeAbandonedWorkspaces();
      expect(await readdir(root)).toEqual([basename(workspace.folder)]);
      // As earlier versions named it, without the start of its process.
      const earlier = basename(workspace.folder).replace(/\.\d+-/, '-');
      await mkdir(join(root, earlier));
      await removeAbandonedWorkspaces();
      expect(await readdir(root)).toContain(earlier);
    });
  });

  it('is anything with only such a name, or nearly', async () => {
    const name = await abandonedName();
    const [elsewhere, other] = [
      name.replace(/^arke-tiff-[\da-f]{8}/, 'arke-tiff-00000000'),
      `my-${name}`,
    ];
    await writeFile(join(root, 'kept.tif'), 'kept');
    await mkdir(join(root, 'outside'));
    await symlink(join(root, 'outside'), join(root, name));
    await writeFile(join(root, name.replace(/-[^-]+$/, '-file')), 'a file');
    for (const kept of [elsewhere, other, `${name}-more`, 'arke-tiff-abcdef'])
      await mkdir(join(root, kept));
    const before = await readdir(root);
    await removeAbandonedWorkspaces();
    expect(await readdir(root)).toEqual(before);
  });

  it.runIf(process.getuid?.() === 0)('is the folder of another user', async () => {
    const name = await abandonedName();
    await mkdir(join(root, name));
    await chown(join(root, name), 12_345, 12_345);
    await removeAbandonedWorkspaces();
    expect(await readdir(root)).toEqual([name]);
  });
});
