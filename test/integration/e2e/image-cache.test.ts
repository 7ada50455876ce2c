import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { startProgram } from '../../support/program.ts';

/** The commands by which the Dockerfile has Node.js compile what it will run. */
function compileCommands(): string {
  const dockerfile = readFileSync(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  const [, commands] =
    /\nFROM worker AS compiled\n.*?\nRUN (TASK_ID=.*?)\n\n/s.exec(dockerfile) ?? [];
  if (!commands) throw new Error('The Dockerfile has no stage that compiles.');
  return commands;
}

let folder: TestFolder;
let env: { readonly NODE_COMPILE_CACHE: string; readonly NODE_DEBUG_NATIVE: string };
beforeAll(async () => {
  folder = await makeFolder();
  const [bin, cache] = [await folder.make('bin'), await folder.make('.compiled')];
  await symlink(join(inject('program'), 'dist'), folder.path('dist'));
  await symlink(process.execPath, join(bin, 'node'));
  const start = `#!/bin/sh\nexec node '${join(inject('program'), 'bin/run.js')}' "$@"\n`;
  await chmod(await folder.write('bin/arke-tiff', start), 0o755);
  const PATH = `${bin}:${process.env['PATH']}`;
  await execa('sh', ['-c', compileCommands()], {
    cwd: folder.root,
    env: { PATH, NODE_COMPILE_CACHE: cache },
    extendEnv: false,
  });
  env = { NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
});
afterAll(() => folder.remove());

/** The bundle's files whose compiled code Node.js says that it had already. */
const compiled = (said: string) =>
  [...said.matchAll(/\/dist\/bundle\/([\w-]+)\.js was accepted/g)].map(([, name]) => name);

describe('the image contains compiled code of', () => {
  it('what runs a task', async () => {
    const { stderr } = await startProgram(['run'], { env });
    expect(compiled(stderr)).toContain('run');
  });

  it('the conversion process', async () => {
    const file = join(inject('program'), 'dist/bundle/child.js');
    const child = fork(file, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const said = text(child.stderr as Readable);
    await once(child, 'message');
    child.disconnect();
    expect(compiled(await said)).toEqual(['child']);
  });
});
