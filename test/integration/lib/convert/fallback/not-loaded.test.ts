import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, inject, it } from 'vitest';
import { makeOldJpeg } from '../../../../support/make-ojpeg.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
let path: string;
beforeAll(async () => {
  const picture = { width: 32, height: 16, data: Buffer.alloc(32 * 16 * 3, 200) };
  path = await folder.write('old.tif', await makeOldJpeg(picture, { kind: 'interchange' }));
});

it('a missing decoder is not reported as a damaged TIFF', async () => {
  // The program with all of its packages but the one.
  const packages = join(inject('program'), '..');
  const broken = folder.path('node_modules');
  await cp(inject('program'), join(broken, 'arke-tiff'), { recursive: true });
  for (const name of await readdir(packages))
    if (!['arke-tiff', '@imagemagick'].includes(name))
      await symlink(join(packages, name), join(broken, name));
  const { exitCode, stdout } = await execa(
    process.execPath,
    [join(broken, 'arke-tiff/bin/run.js'), 'convert', path, '--json'],
    { reject: false },
  );
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout).files).toMatchObject([
    {
      error: {
        code: 'CRASHED',
        message: expect.stringMatching(
          /^A decoder could not be loaded: .*@imagemagick\/magick-wasm.*\. Install the packages again \(npm ci\)\./,
        ),
      },
    },
  ]);
});
