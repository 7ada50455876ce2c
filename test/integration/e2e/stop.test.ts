import { readdir, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { until } from '../../support/until.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

/** Starts the program in the folder, which is its temporary one, too; its stdin stays open. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, [join(inject('program'), 'bin/run.js'), ...args], {
    cwd: folder.root,
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: folder.root,
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...env,
    },
    extendEnv: false,
    reject: false,
    stdin: 'pipe',
    timeout: 500_000,
    killSignal: 'SIGKILL',
  });
}

const signals = [
  { signal: 'SIGINT', exitCode: 130 },
  { signal: 'SIGTERM', exitCode: 143 },
] as const;

describe.each(signals)('stopped by $signal', ({ signal, exitCode }) => {
  it.each([
    ['convert -', ['convert', '-']],
    ['callback --data -', ['callback', '--data', '-', '--url', 'http://127.0.0.1:9/']],
  ])(`%s, waiting for its stdin, exits with ${exitCode} and leaves nothing`, async (_, args) => {
    const run = start(args);
    // More than a pipe holds: it is through when the program is reading.
    await new Promise<void>((resolve, reject) =>
      run.stdin.write(Buffer.alloc(1_000_000), (error) => (error ? reject(error) : resolve())),
    );
    run.kill(signal);
    const end = await run;
    expect(end.exitCode).toBe(exitCode);
    expect(end.stdout).toBe('');
    expect(end.stderr).toBe(
      `Error: Interrupted by ${signal} before the work was done. Run it again.`,
    );
    expect(await readdir(folder.root)).toEqual([]);
  });

  it(`download, in the middle of a body, exits with ${exitCode} and leaves no part of it`, async () => {
    await using server = await startStallingServer();
    const run = start(['download', 'a/b.tif', '--json'], {
      R2_ENDPOINT: server.url,
      R2_BUCKET: 'bucket',
      R2_ACCESS_KEY_ID: 'access-key',
      R2_SECRET_ACCESS_KEY: 'secret-key',
    });
    await partWith(1);
    run.kill(signal);
    const end = await run;
    expect(end.exitCode).toBe(exitCode);
    expect(JSON.parse(end.stdout)).toMatchObject({ error: { code: 'INTERRUPTED' } });
    expect(await readdir(folder.root)).toEqual([]);
  });

  it(`convert, in the middle of several files, exits with ${exitCode} and leaves no part`, async () => {
    await folder.write('big.tif', await noisyTiff(3000));
    await folder.write('next.tif', await noisyTiff(3000));
    const run = start(['convert', 'big.tif', 'next.tif']);
    await partWith(0);
    run.kill(signal);
    const end = await run;
    expect(end.exitCode).toBe(exitCode);
    expect(end.stderr).not.toContain('unexpected');
    expect(await readdir(folder.root)).not.toContainEqual(expect.stringMatching(/part$|arke/));
  });
});

/** Waits until a temporary file in the folder holds so many bytes. */
function partWith(bytes: number): Promise<unknown> {
  const isThere = async () => {
    const name = (await readdir(folder.root)).find((n) => n.endsWith('.part'));
    return name !== undefined && (await stat(folder.path(name))).size >= bytes;
  };
  return until(() => isThere().catch(() => false));
}

/** A server that begins each answer and never ends it. */
async function startStallingServer(): Promise<AsyncDisposable & { url: string }> {
  const server: Server = createServer((_, answer) => {
    answer.writeHead(200, { etag: '"e"', 'content-length': '1000000' });
    answer.write('the first bytes');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
