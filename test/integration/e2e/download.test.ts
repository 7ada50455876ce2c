import { readdir, readFile } from 'node:fs/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const KEY = 'staging/b/image.tif';

let folder: TestFolder;
let tiff: Buffer;
beforeAll(async () => {
  tiff = await noisyTiff(300);
  await sandbox.current.putObject(KEY, tiff, { contentType: 'image/tiff' });
});
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

const download = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram(['download', ...args], {
    cwd: folder.root,
    env: { ...sandbox.current.environment('b', 't', KEY), ...env },
  });
const files = () => readdir(folder.root);
const isWhole = async (name: string) => (await readFile(folder.path(name))).equals(tiff);

describe('download', () => {
  it('saves the object under the last part of its key, byte for byte', async () => {
    const { exitCode, stdout } = await download([KEY]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^staging\/b\/image\.tif → image\.tif {2}[\d.]+ [kM]B, \d+ ms\n$/);
    expect(await files()).toEqual(['image.tif']);
    expect(await isWhole('image.tif')).toBe(true);
  });

  it('takes r2://KEY as well', async () => {
    const { exitCode, stdout } = await download([`r2://${KEY}`]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^staging\/b\/image\.tif → image\.tif /);
    expect(await isWhole('image.tif')).toBe(true);
    expect(await download(['r2://'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('r2:// needs a key: r2://KEY'),
    });
  });

  it('saves the object to the file of -o', async () => {
    expect((await download([KEY, '-o', 'mine.bin'])).exitCode).toBe(0);
    expect(await isWhole('mine.bin')).toBe(true);
  });

  it('writes nothing but its bytes to stdout with -o -', async () => {
    await sandbox.current.putObject('text.txt', Buffer.from('only this\n'));
    const { exitCode, stdout } = await download(['text.txt', '-o', '-']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'only this\n' });
    expect(await files()).toEqual([]);
  });

  it('says with --json what it saved, and nothing else', async () => {
    const { stdout, stderr } = await download([KEY, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      key: KEY,
      bucket: sandbox.current.bucket,
      path: 'image.tif',
      bytes: tiff.length,
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      content_type: 'image/tiff',
      ms: expect.any(Number),
    });
    expect(stderr).toBe('');
  });

  it('accepts keys with any characters', async () => {
    const key = 'staging/Bücher & more/100% +1 #?ä%41.tif';
    await sandbox.current.putObject(key, tiff);
    expect((await download([key])).exitCode).toBe(0);
    expect(await isWhole('100% +1 #?ä%41.tif')).toBe(true);
  });

  it('overwrites an existing file, even a TIFF, with --force only', async () => {
    await folder.write('image.tif', 'II*\0precious');
    const refused = await download([KEY]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('image.tif exists. Use --force');
    expect(await readFile(folder.path('image.tif'), 'utf8')).toBe('II*\0precious');
    expect((await download([KEY, '--force'])).exitCode).toBe(0);
    expect(await isWhole('image.tif')).toBe(true);
    expect(await files()).toEqual(['image.tif']);
  });
});

describe('download that fails', () => {
  it('names the object that is not there, and leaves no file', async () => {
    const { exitCode, stdout, stderr } = await download(['lost.tif']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: 404 Not Found: there is no object "lost\.tif"/m);
    expect(await files()).toEqual([]);
  });

  it('says with --json what went wrong, by code and message only', async () => {
    const { exitCode, stdout, stderr } = await download(['lost.tif', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'OBJECT_NOT_FOUND', message: expect.stringContaining('lost.tif') },
    });
    expect(stderr).toBe('');
  });

  it('keeps an existing file, and leaves no partial one, when the download breaks off for good', async () => {
    await folder.write('image.tif', 'precious');
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => ({ cutAfter: 999 }));
    const { exitCode } = await download([KEY, '--force'], { R2_ENDPOINT: proxy.url });
    expect(exitCode).toBe(1);
    expect(proxy.seen.length).toBeGreaterThan(1);
    expect(await readFile(folder.path('image.tif'), 'utf8')).toBe('precious');
    expect(await files()).toEqual(['image.tif']);
  });

  it.each([
    { args: [], stderr: /^Warning: .*503.* Retrying in \d+ ms$/m },
    { args: ['--quiet'], stderr: /^$/ },
    { args: ['--json'], stderr: /^$/ },
  ])(
    'retries after a temporary failure, and says so unless told not to ($args)',
    async ({ args, stderr }) => {
      let failed = false;
      await using proxy = await startFaultServer(sandbox.current.endpoint, () => {
        if (failed) return undefined;
        failed = true;
        return { status: 503, headers: { 'retry-after': '0' } };
      });
      const run = await download([KEY, ...args], { R2_ENDPOINT: proxy.url });
      expect(run.exitCode).toBe(0);
      expect(run.stderr).toMatch(stderr);
      expect(await isWhole('image.tif')).toBe(true);
    },
  );

  it.each([
    ['the bucket of the environment', [], /Check the key and R2_BUCKET\.$/m],
    [
      'a bucket that is not there',
      ['--bucket', 'nope'],
      /Check --bucket, R2_ACCOUNT_ID and --juris/,
    ],
  ])('names the flag or variable that the user used: %s', async (_, args, remedy) => {
    const { exitCode, stderr } = await download(['box/none.tif', ...args]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(remedy);
    expect(stderr).not.toContain('INPUT_R2_KEY');
  });

  it.each(['box/..', '..', 'box/.'])('does not confuse the file with the key: %s', async (key) => {
    const run = await download([key, '--json']);
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'INVALID_KEY',
      message: expect.stringContaining(`The key "${key}" must not contain the segment "`),
    });
  });

  it('says what to do about a name that is too long for a file', async () => {
    const { exitCode, stderr } = await download([`box/${'x'.repeat(300)}.tif`]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/name too long \(ENAMETOOLONG\)\. Choose a shorter name: /);
  });

  it('names the flag that is malformed, or the variable', async () => {
    const flag = await download([KEY, '--bucket', 'no bucket']);
    expect(flag.stderr).toContain('--bucket must be a bucket name');
    const variable = await download([KEY], { R2_BUCKET: 'no bucket' });
    expect(variable.stderr).toContain('R2_BUCKET must be a bucket name');
  });

  it('names a folder that cannot be written, before it asks R2', async () => {
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const run = await download([KEY, '-o', 'nowhere/a.tif'], { R2_ENDPOINT: proxy.url });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('Could not write nowhere/a.tif: its folder does not exist. ');
    expect(proxy.seen).toEqual([]);
  });

  it('names all missing settings in one message, as wrong usage', async () => {
    const { exitCode, stderr } = await runProgram(['download', KEY], { cwd: folder.root });
    expect(exitCode).toBe(2);
    for (const name of ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY'])
      expect(stderr).toContain(`${name} is missing`);
    expect(stderr).toContain('--account-id is missing (or R2_ACCOUNT_ID)');
    expect(stderr).toContain('--bucket is missing (or R2_BUCKET)');
  });
});
