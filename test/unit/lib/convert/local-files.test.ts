import { chmod, mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localTiffs } from '../../../../src/lib/convert/local-files.ts';
import { FileError } from '../../../../src/lib/errors.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

/** Any user that is not root and owns nothing: root can read everything. */
const NOBODY = 65_534;

it('says which folder below the one to look into cannot be read', async () => {
  await folder.write('a.tif', '');
  await mkdir(folder.path('locked'), { mode: 0 });
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    await chmod(folder.root, 0o755);
    process.seteuid?.(NOBODY);
  }
  try {
    const looking = localTiffs(folder.root);
    await expect(looking).rejects.toThrow(FileError);
    await expect(looking).rejects.toThrow(/^Could not read .*locked: EACCES.* who may read there/);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});
