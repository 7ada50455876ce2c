import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { putAll } from '../../support/batches.ts';
import { FOREIGN, tiff } from '../../support/objects.ts';
import { noisyTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
let noise: Buffer;
beforeAll(async () => {
  await folder.make('tmp');
  noise = await noisyTiff(300);
});

/** Runs `batch` in a folder of the tests, with what a task's environment says of R2. */
const batch = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram(['batch', ...args], {
    cwd: folder.root,
    env: {
      ...sandbox.current.environment('b', 't', 'k'),
      TMPDIR: folder.path('tmp'),
      NODE_DISABLE_COMPILE_CACHE: '1',
      ...env,
    },
  });
let count = 0;
/** Puts a good TIFF, a broken one and a foreign JPEG under a prefix of their own. */
async function put(): Promise<string> {
  const prefix = `e${++count}/`;
  await putAll(sandbox.current, prefix, [
    ['a.tif', noise],
    ['b.tif', tiff.subarray(0, 300)],
    ['c.tif', tiff],
    ['c.jpg', FOREIGN],
  ]);
  return prefix;
}
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('batch', () => {
  it('shows a line for each TIFF, and at the end what failed; exit code 1', async () => {
    const prefix = await put();
    const { exitCode, stdout, stderr } = await batch([prefix, '-j', '1']);
    expect(exitCode).toBe(1);
    const figures = (size: string) => `${size}, [\\d.]+ k?B, \\d+ ms`;
    expect(linesOf(stdout).sort()).toEqual([
      expect.stringMatching(
        new RegExp(`^${prefix}a\\.tif → ${prefix}a\\.jpg {2}${figures('300 × 300')}$`),
      ),
      expect.stringMatching(
        new RegExp(`^${prefix}c\\.tif → ${prefix}c\\.tif\\.jpg {2}${figures('64 × 64')}$`),
      ),
    ]);
    expect(stderr).toContain(`Looking for TIFFs under ${prefix} …\n`);
    expect(stderr).toContain(
      `Warning: ${prefix}c.jpg was not made from ${prefix}c.tif and is left alone; its JPEG goes to ${prefix}c.tif.jpg.\n`,
    );
    expect(stderr).toMatch(/^3 TIFFs: 2 converted, 1 failed; /m);
    expect(stderr).toMatch(new RegExp(`^Failed:\n {2}"${prefix}b\\.tif" is damaged: `, 'm'));
  });

  it('shows only that all is up to date, and exits with 0', async () => {
    const prefix = await put();
    await sandbox.current.deleteObject(`${prefix}b.tif`);
    await batch([prefix]);
    const { exitCode, stdout, stderr } = await batch([prefix, '-v']);
    expect(exitCode).toBe(0);
    expect(linesOf(stdout)).toEqual([
      `${prefix}a.tif → ${prefix}a.jpg  up to date`,
      `${prefix}c.tif → ${prefix}c.tif.jpg  up to date`,
    ]);
    expect(stderr).toMatch(/^2 TIFFs: 2 up to date; /m);
  });

  it('gives one document with --json, and nothing else', async () => {
    const prefix = await put();
    const { exitCode, stdout, stderr } = await batch([prefix, '--json', '--verify']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      files: [
        {
          status: 'converted',
          input: `${prefix}a.tif`,
          output: `${prefix}a.jpg`,
          source_bytes: noise.length,
          kind: expect.stringMatching(/^YCbCr 8-bit/),
          pixels: 90_000,
          pages: [
            {
              page: 1,
              width: 300,
              height: 300,
              bytes: expect.any(Number),
              likeness: { ssim: expect.any(Number) },
            },
          ],
        },
        { status: 'failed', input: `${prefix}b.tif`, error: { code: 'UNREADABLE_TIFF' } },
        { status: 'converted', output: `${prefix}c.tif.jpg` },
      ],
      summary: { files: 3, converted: 2, skipped: 0, failed: 1, left: 0 },
    });
  });

  it('gives one event per line with --json-lines', async () => {
    const prefix = await put();
    const { stdout } = await batch([prefix, '--json-lines', '--quiet', '-j', '1']);
    const events = linesOf(stdout).map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: 'collection.started', files: 3, jobs: 1 });
    expect(events.at(-1)).toMatchObject({ event: 'collection.ended', converted: 2, failed: 1 });
    const of = (name: string) =>
      events.filter(({ input }) => input === prefix + name).map(({ event }) => event);
    expect(of('a.tif')).toEqual([
      ...['file.downloading', 'file.downloaded', 'file.started', 'file.uploading', 'file.ended'],
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'collection.warning', code: 'OUTPUT_KEY_TAKEN' }),
    );
  });

  it('plans with --dry-run, and changes nothing', async () => {
    const prefix = await put();
    const before = await sandbox.current.listKeys(prefix);
    const { exitCode, stdout, stderr } = await batch([prefix, '--dry-run', '-v']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      new RegExp(
        `^${prefix}a\\.tif → ${prefix}a\\.jpg {2}YCbCr 8-bit \\w+: max, [\\d.]+ CPU-s, `,
        'm',
      ),
    );
    expect(stderr).toMatch(/^3 TIFFs: 2 to convert \(not decoded yet\), 1 would fail; /m);
    expect(stderr).toMatch(/ kB; 0\.1 MP; predicted .* of CPU, .* in all$/m);
    expect(stderr).toContain('Dry run: nothing was written.');
    expect(await sandbox.current.listKeys(prefix)).toEqual(before);
  });

  it('shows only failures and the summary with --quiet', async () => {
    const prefix = await put();
    const { stdout, stderr } = await batch([prefix, '--quiet']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      new RegExp(`^Error: "${prefix}b\\.tif" is damaged: .*\n3 TIFFs: 2 converted, .*\n.*\n$`),
    );
  });

  it('reads the bucket from flags, and the secrets from a file', async () => {
    const prefix = await put();
    const { R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY } = sandbox.current.environment('b', 't', 'k');
    await folder.write(
      'r2.env',
      `R2_ACCESS_KEY_ID=${R2_ACCESS_KEY_ID}\nR2_SECRET_ACCESS_KEY=${R2_SECRET_ACCESS_KEY}\n`,
    );
    const { bucket, endpoint } = sandbox.current;
    const flags = ['--bucket', bucket, '--endpoint', endpoint, '--env-file', 'r2.env'];
    const { stdout } = await runProgram(['batch', prefix, '--include', 'a*', ...flags], {
      cwd: folder.root,
    });
    expect(linesOf(stdout)).toHaveLength(1);
  });

  it('converts the whole bucket with r2://, or a prefix after it', async () => {
    const prefix = await put();
    const all = await batch(['r2://', '--dry-run', '--json']);
    const some = await batch([`r2://${prefix}`, '--dry-run', '--json']);
    const { files } = JSON.parse(some.stdout);
    expect(files).toHaveLength(3);
    expect(JSON.parse(all.stdout).files.length).toBeGreaterThanOrEqual(3);
    expect(JSON.parse(all.stdout).files).toContainEqual(
      expect.objectContaining({ input: files[0].input }),
    );
  });

  it('leaves nothing in the folder for temporary files', async () => {
    const prefix = await put();
    await batch([prefix]);
    expect(await readdir(folder.path('tmp'))).toEqual([]);
  });
});

describe('wrong usage of batch', () => {
  it.each([
    [['p/', '--on', 'fly'], /--on must be local, not fly/],
    [[''], /PREFIX is empty; r2:\/\/ means the whole bucket/],
    [['--force'], /PREFIX or --keys is missing/],
    [['p/', '--report', 'report.pdf'], /--report report\.pdf must end with/],
    [['p/', '--dry-run', '--report', 'report.html'], /--report/],
    [['p/', '--include', ''], /--include has an empty pattern/],
    [['p/', '--json', '--json-lines'], /--json(-lines)? cannot be combined with --json/],
  ])('exits with 2 and says what is wrong: %j', async (args, message) => {
    const { exitCode, stdout, stderr } = await batch(args);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toMatch(message);
  });

  it('names all that is missing of R2', async () => {
    const { exitCode, stderr } = await runProgram(['batch', 'p/'], { cwd: folder.root });
    expect(exitCode).toBe(2);
    for (const problem of [
      'R2_ACCESS_KEY_ID is missing',
      'R2_SECRET_ACCESS_KEY is missing',
      '--bucket is missing (or R2_BUCKET)',
      '--account-id is missing (or R2_ACCOUNT_ID)',
    ])
      expect(stderr).toContain(problem);
  });
});

describe('a bucket that cannot be listed, or is empty', () => {
  it.each([
    [{ R2_BUCKET: 'nope' }, /does not exist in this account|may not list/],
    [{ R2_SECRET_ACCESS_KEY: 'wrong' }, /R2_SECRET_ACCESS_KEY does not belong to/],
    [{}, /There is no \.tif or \.tiff under "nothing\/here" in the bucket/],
  ])('exits with 1 and says what to do: %j', async (env, message) => {
    const { exitCode, stdout, stderr } = await batch(['nothing/here'], env);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

describe('the reports of a batch', () => {
  it('name keys, and have the pictures of files that are gone', async () => {
    const prefix = await put();
    const reports = ['report.html', 'report.csv', 'report.json'];
    const flags = reports.flatMap((path) => ['--report', path]);
    await batch([prefix, '--verify', ...flags]);
    const [html = '', csv = '', json = ''] = await Promise.all(
      reports.map((path) => readFile(folder.path(path), 'utf8')),
    );
    expect(csv).toContain(`${prefix}a.tif,${prefix}a.jpg,1,converted,`);
    expect(csv).toContain(`${prefix}b.tif,${prefix}b.jpg,,failed,`);
    expect(JSON.parse(json)).toMatchObject({
      files: expect.arrayContaining([
        expect.objectContaining({ input: `${prefix}a.tif`, status: 'converted' }),
      ]),
    });
    const data = JSON.parse(
      /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? '{}',
    );
    expect(data.folder).toBe(prefix);
    const file = data.files.findIndex(({ name }: { name: string }) => name === 'a.tif');
    expect(data.files[file]).toMatchObject({ hasThumbnail: true, shown: { width: 300 } });
    expect(data.files[file].pages[0].link).toBeUndefined();
    expect(html.match(/<script type="text\/plain"/g)).toHaveLength(6);
  });
});
