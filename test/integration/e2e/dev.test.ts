import { cp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { devApi } from '../../support/dev.ts';
import { addressesOf, installWithMiniflare, startDevProgram } from '../../support/dev-program.ts';
import { noisyTiff, plainTiff } from '../../support/pictures.ts';
import { childrenOf, isRunning, processesOfGroup } from '../../support/processes.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
let program: string;
beforeAll(async () => {
  program = await installWithMiniflare(folder);
});

/** Starts the installed program on free ports. */
const start = (...args: string[]) => startDevProgram(program, args, folder.root);

describe('dev, installed with Miniflare beside it', () => {
  it('runs tasks by the installed program, and says how they ended', async () => {
    const receiver = createServer((_, response) => response.writeHead(202).end()).listen(0);
    await expect.poll(() => receiver.listening).toBe(true);
    const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const forward = ['--forward-to', `${hook}/{task_id}?token=hush`];
    const run = start('--port', '0', '--folder', 'ran', '--env-file', '.env.local', ...forward);
    const lines: string[] = [];
    let page = '';
    for await (const line of createInterface({ input: run.stdout })) {
      lines.push(line);
      page = /^Page +(http:.*)\/$/.exec(line)?.[1] ?? page;
      if (line.startsWith('Press Ctrl-C')) break;
    }
    const api = devApi(page);
    const { id } = await api.drop('scan.tif', new Uint8Array(await plainTiff()));
    expect((await api.ended(id)).state).toBe('succeeded');
    const { environment } = await api.state();

    const file = await readFile(folder.path('.env.local'), 'utf8');
    const secret = /^R2_SECRET_ACCESS_KEY=(.{64})$/m.exec(file)?.[1];
    expect(lines).toContain(`export R2_SECRET_ACCESS_KEY='${secret}'`);
    expect(lines).toContain(`Forward to    ${hook}/{task_id}`);
    expect(lines).toContain(`export CALLBACK_URL='${environment['CALLBACK_URL']}'`);
    const worker = await runProgram(['run', '--env-file', folder.path('.env.local')]);
    expect(worker.exitCode).toBe(0);

    run.kill('SIGINT');
    const end = await run;
    expect(end.exitCode).toBe(130);
    expect(end.stderr).toContain(`${id}, scan.tif: succeeded; staging/dev/${id}/scan.jpg`);
    expect(end.stderr).toContain('test_task_1, called back; staging/test/image.jpg');
    expect(end.stderr).toMatch(new RegExp(`^${id} --> 202 from ${hook}/${id} in \\d+ ms$`, 'm'));
    expect(end.stderr).not.toMatch(/Error|hush/);
    receiver.close();
  });

  it('says what is wrong with the address of --forward-to', async () => {
    const { exitCode, stderr } = await start('--forward-to', 'localhost:3000');
    expect(stderr).toContain('--forward-to must be an http or https URL');
    expect(exitCode).toBe(2);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'leaves no process when it is stopped by %s, whatever is under way',
    async (signal, exitCode) => {
      const run = start('--port', '0', '--folder', signal, '--json');
      const { page } = await addressesOf(run);
      const api = devApi(page);
      const { id } = await api.drop('large.tif', new Uint8Array(await noisyTiff(500)));
      await api.post('/api/faults', '{"storage":"slow"}');
      await expect.poll(async () => (await api.task(id)).state).not.toBe('queued');
      const children = childrenOf(run.pid ?? 0, '');
      expect(children.length).toBeGreaterThan(1);
      run.kill(signal);
      expect((await run).exitCode).toBe(exitCode);
      // Its guard reads that it is dismissed, which takes it a moment.
      await expect.poll(() => children.filter(isRunning)).toEqual([]);
      await expect(fetch(page)).rejects.toThrow();
    },
  );

  it('leaves no process when Ctrl-C reaches all processes at once, as from a terminal', async () => {
    const args = ['--port', '0', '--folder', 'group', '--json'];
    const run = startDevProgram(program, args, folder.root, { ownGroup: true });
    const { page } = await addressesOf(run);
    const api = devApi(page);
    await api.post('/api/faults', '{"storage":"slow"}');
    const { id } = await api.drop('large.tif', new Uint8Array(await noisyTiff(500)));
    await expect.poll(async () => (await api.task(id)).log.length).not.toBe(0);
    const group = run.pid ?? 0;
    expect(processesOfGroup(group).length).toBeGreaterThan(2);
    process.kill(-group, 'SIGINT');
    const { exitCode, stderr } = await run;
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
    await expect.poll(() => processesOfGroup(group)).toEqual([]);
  });

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await expect.poll(() => other.listening).toBe(true);
    const { port } = other.address() as AddressInfo;
    try {
      const { exitCode, stderr } = await start('--port', String(port), '--folder', 'taken');
      expect(stderr).not.toContain('unexpected');
      expect(stderr).toMatch(
        new RegExp(`^Error: Port ${port}, for the orchestrator, is in use`, 'm'),
      );
      expect(exitCode).toBe(1);
    } finally {
      other.close();
    }
  });

  it('refuses a second instance in the same folder', async () => {
    const first = start('--port', '0', '--folder', 'shared', '--json');
    await addressesOf(first);
    const second = await start('--port', '0', '--folder', 'shared', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'FOLDER_IN_USE' } });
    expect(second.exitCode).toBe(1);
    first.kill('SIGTERM');
    await first;
  });

  it('does not overwrite a file of variables that is somebody else’s', async () => {
    await folder.write('mine.env', 'API_KEY=mine\n');
    const { exitCode, stderr } = await start('--port', '0', '--env-file', 'mine.env');
    expect(stderr).toContain('Not written: mine.env was not written by "arke-tiff dev"');
    expect(exitCode).toBe(1);
    expect(await readFile(folder.path('mine.env'), 'utf8')).toBe('API_KEY=mine\n');
  });
});

describe('dev in the worker’s image, which has only the bundle', () => {
  it('says that the command is missing', async () => {
    const home = await folder.make('image');
    await cp(inject('program'), home, { recursive: true });
    for (const name of await readdir(join(home, 'dist')))
      if (name !== 'bundle') await rm(join(home, 'dist', name), { recursive: true });
    await symlink(join(inject('program'), '..'), join(home, 'node_modules'));
    const { exitCode, stderr } = await startDevProgram(
      join(home, 'bin/run.js'),
      ['--quiet'],
      folder.root,
    );
    expect(stderr).toBe(
      'Error: The worker image does not contain "dev". Run it on your own machine, from the package.',
    );
    expect(exitCode).toBe(1);
  });
});

describe('dev without Miniflare', () => {
  it('says in one line how to get it', async () => {
    const { exitCode, stdout, stderr } = await runProgram(['dev', '--quiet', '--port', '0'], {
      cwd: folder.root,
    });
    expect(stderr).toMatch(
      /^Error: .*Miniflare, which is not installed.* npm install miniflare@\S+ .*\n$/,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});
