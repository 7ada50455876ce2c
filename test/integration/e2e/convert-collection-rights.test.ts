import { chmod, mkdir, readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { nobodysNode, noNobodyBecause } from '../../support/as-nobody.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const reason = noNobodyBecause();
let run: (command: readonly string[]) => readonly string[];

// No coverage: that user may not write it, and Node says so on stderr.
const convert = (...args: string[]) =>
  runProgram(['convert', ...args], {
    cwd: folder.root,
    env: { TMPDIR: folder.path('tmp'), NODE_DISABLE_COMPILE_CACHE: '1', NODE_V8_COVERAGE: '' },
    wrap: run,
  });

beforeAll(async () => {
  const tiff = await plainTiff();
  for (const name of ['in', 'in/open', 'in/locked', 'in/shut', 'out', 'out/shut', 'tmp'])
    await mkdir(folder.path(name));
  for (const name of ['a', 'open/b', 'locked/c', 'shut/d'])
    await folder.write(`in/${name}.tif`, tiff);
  await chmod(folder.root, 0o755);
  run = await nobodysNode(folder.path('node'));
  for (const name of ['out', 'tmp']) await chmod(folder.path(name), 0o777);
  await chmod(folder.path('in/locked'), 0);
  // For everybody, its owner included.
  await chmod(folder.path('out/shut'), 0o555);
});

describe(`convert for a user who may not do everything${reason ? ` (not tried here: ${reason})` : ''}`, () => {
  it.skipIf(reason)(
    'converts what may be read to where may be written, and says the rest',
    async () => {
      const { exitCode, stdout, stderr } = await convert('-r', 'in', '--out-dir', 'out');
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => line.split(' ')[0])
          .sort(),
      ).toEqual(['in/a.tif', 'in/open/b.tif']);
      expect(stderr).toMatch(/Error: Could not read the folder .*locked: EACCES/);
      expect(stderr).toMatch(/Error: in\/shut\/d\.tif: .*out\/shut.*writable/);
      expect(exitCode).toBe(1);
      expect(await readdir(folder.path('out/shut'))).toEqual([]);
      expect(await readdir(folder.path('tmp'))).toEqual([]);
    },
  );

  it.skipIf(reason)(
    'fails for a folder that may not be read, also when it is to be quiet',
    async () => {
      const args = ['-r', 'in', '--exclude', 'shut', '--out-dir', 'out', '--force'];
      const { exitCode, stderr } = await convert(...args, '--quiet');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^Error: Could not read the folder .*locked: EACCES.*\n$/);
      const json = await convert(...args, '--json');
      expect(json.exitCode).toBe(1);
      const document = JSON.parse(json.stdout) as object;
      expect(document).toMatchObject({
        summary: { converted: 2, failed: 0 },
        warnings: [{ code: 'FOLDER_UNREADABLE' }],
      });
    },
  );
});
