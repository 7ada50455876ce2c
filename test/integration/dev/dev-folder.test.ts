import { readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDevFolder } from '../../../src/dev/dev-folder.ts';
import { refuseForeignEnvFile, writeEnvFile } from '../../../src/dev/env-file.ts';
import { openTaskStore } from '../../../src/dev/task-store.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

describe('the folder', () => {
  it('gets new access keys when the file of the old ones is damaged', async () => {
    const path = folder.path('damaged');
    const first = await openDevFolder(path);
    await first.release();
    await writeFile(join(path, 'credentials.json'), '{"accessKeyId":');
    const second = await openDevFolder(path);
    await second.release();
    expect(second.credentials).not.toEqual(first.credentials);
    const third = await openDevFolder(path);
    await third.release();
    expect(third.credentials).toEqual(second.credentials);
  });

  it('is an error that says so when it cannot be a folder', async () => {
    const path = await folder.write('file', '');
    await expect(openDevFolder(path)).rejects.toThrow(
      /^Could not use the folder .*file: .*Choose another one with --folder\.$/,
    );
  });

  it('ignores itself in Git', async () => {
    const { root, release } = await openDevFolder(folder.path('ignored'));
    await release();
    expect(await readFile(join(root, '.gitignore'), 'utf8')).toMatch(/^\*$/m);
  });

  it('is left alone when it holds files of others', async () => {
    const path = await folder.make('project');
    const ignored = await folder.write('project/.gitignore', 'node_modules\n');
    await folder.make('project/incoming');
    const scan = await folder.write('project/incoming/scan.tif', 'mine');
    await expect(openDevFolder(path)).rejects.toThrow(
      /^Not used: the folder .*project contains files that "arke-tiff dev" did not write/,
    );
    expect(await readFile(scan, 'utf8')).toBe('mine');
    expect(await readFile(ignored, 'utf8')).toBe('node_modules\n');
    expect((await readdir(path)).sort()).toEqual(['.gitignore', 'incoming']);
  });

  it('is refused when a link in it leads out of it', async () => {
    const { root, release, tasks } = await openDevFolder(folder.path('linked'));
    await release();
    await rm(tasks, { recursive: true });
    await symlink(await folder.make('elsewhere'), tasks);
    await expect(openDevFolder(root)).rejects.toThrow(/^Not used: .*tasks is a link/);
  });

  it('may exist already when it is empty', async () => {
    const { release } = await openDevFolder(await folder.make('empty'));
    await release();
  });

  it('is read without damaged tasks', async () => {
    const path = await folder.make('tasks');
    await folder.write('tasks/a.json', '{"summary":');
    await folder.write('tasks/b.json', '{}');
    const store = openTaskStore(path, () => {});
    expect(await store.load()).toEqual([]);
  });
});

describe('a file of variables', () => {
  it('is readable by its owner only, and is overwritten', async () => {
    const path = folder.path('.env.local');
    await refuseForeignEnvFile(path);
    await writeEnvFile(path, { TASK_ID: 'a' });
    await refuseForeignEnvFile(path);
    await writeEnvFile(path, { TASK_ID: 'b' });
    expect(await readFile(path, 'utf8')).toMatch(/^# Written by arke-tiff dev.*\nTASK_ID=b\n$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is not overwritten when it is somebody else’s', async () => {
    const path = await folder.write('.env', 'API_KEY=mine\n');
    await expect(refuseForeignEnvFile(path)).rejects.toThrow(
      /^Not written: .*\.env was not written by "arke-tiff dev"/,
    );
  });
});
