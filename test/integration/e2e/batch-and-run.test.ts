import { describe, expect, it } from 'vitest';
import { bytesIn, FOREIGN, tiff } from '../../support/objects.ts';
import { pagedTiff, plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { runTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const bytesOf = bytesIn(sandbox);

/** Runs `batch` over a prefix with the environment of a task. */
async function runBatch(
  prefix: string,
  env: Readonly<Record<string, string>> = {},
  ...flags: readonly string[]
) {
  const run = await runProgram(['batch', prefix, '--json', ...flags], {
    env: { ...sandbox.current.environment('b', 't', 'k'), ...env },
  });
  const document = JSON.parse(run.stdout) as { files: Record<string, unknown>[] };
  return { ...run, files: document.files };
}

/** The metadata of an object, but for who has made it. */
async function provenanceOf(key: string): Promise<Record<string, string>> {
  const object = await sandbox.current.getObject(key);
  const { 'arke-task-id': _, 'arke-batch-id': __, ...rest } = object?.metadata ?? {};
  return rest;
}

describe('a JPEG that a task has made', () => {
  it.each([
    ['the usual', {}],
    ['others', { JPEG_QUALITY: '70', JPEG_METADATA: 'all', JPEG_BACKGROUND: '#102030' }],
  ])('is up to date for a batch with the same settings: %s', async (_, env) => {
    const key = `rb/${Object.keys(env).length}/image.tif`;
    await sandbox.current.putObject(key, tiff);
    await runTask(sandbox.current, key, env);
    const { files, exitCode } = await runBatch(key.replace('image.tif', ''), env);
    expect(files).toMatchObject([{ status: 'skipped', output: key.replace('.tif', '.jpg') }]);
    expect(exitCode).toBe(0);
  });

  it('is recognised under its second key, too', async () => {
    await sandbox.current.putObject('rb/second/image.tif', tiff);
    await sandbox.current.putObject('rb/second/image.jpg', FOREIGN);
    await runTask(sandbox.current, 'rb/second/image.tif');
    const { files } = await runBatch('rb/second/');
    expect(files).toMatchObject([{ status: 'skipped', output: 'rb/second/image.tif.jpg' }]);
  });

  it('is replaced by a batch with other settings', async () => {
    await sandbox.current.putObject('rb/other/image.tif', tiff);
    await runTask(sandbox.current, 'rb/other/image.tif');
    const { files } = await runBatch('rb/other/', { JPEG_QUALITY: '50' });
    expect(files).toMatchObject([{ status: 'converted', output: 'rb/other/image.jpg' }]);
  });

  it('is not replaced by a smaller copy without --force', async () => {
    const [prefix, small] = ['rb/small/', { JPEG_MAX_SIZE: '16' }];
    await sandbox.current.putObject(`${prefix}image.tif`, await plainTiff());
    await runTask(sandbox.current, `${prefix}image.tif`);
    const before = await bytesOf(`${prefix}image.jpg`);
    expect((await runBatch(prefix, small)).files).toMatchObject([
      {
        status: 'failed',
        error: {
          code: 'OBJECT_EXISTS',
          message:
            'Not written: "rb/small/image.jpg" has 64 × 48 pixels, and a copy of at most 16 a side would replace it. Use --force to replace it.',
        },
      },
    ]);
    expect(await bytesOf(`${prefix}image.jpg`)).toEqual(before);
    const forced = await runBatch(prefix, small, '--force');
    expect(forced.files).toMatchObject([{ status: 'converted', pages: [{ width: 16 }] }]);
    expect((await runBatch(prefix, small)).files).toMatchObject([{ status: 'skipped' }]);
    // Nothing is lost when it is made larger again.
    expect((await runBatch(prefix)).files).toMatchObject([{ status: 'converted' }]);
  });
});

describe('a JPEG that a batch has made', () => {
  it.each(['first', 'all', '2-3'])(
    'is the same as a task’s, and up to date for it (pages: %s)',
    async (pages) => {
      const env = { TIFF_PAGES: pages };
      const [ours, theirs] = [`br/${pages}/batch/`, `br/${pages}/task/`];
      for (const prefix of [ours, theirs])
        await sandbox.current.putObject(`${prefix}image.tif`, pagedTiff(3));
      await runBatch(ours, env);
      await runTask(sandbox.current, `${theirs}image.tif`, env);
      const names = (await sandbox.current.listKeys(theirs)).map((key) => key.slice(theirs.length));
      const made = (await sandbox.current.listKeys(ours)).map((key) => key.slice(ours.length));
      expect(made).toEqual(names);
      for (const name of names) {
        expect(await bytesOf(ours + name)).toEqual(await bytesOf(theirs + name));
        const provenance = await provenanceOf(ours + name);
        if (name.endsWith('.jpg'))
          expect(provenance).toEqual({
            ...(await provenanceOf(theirs + name)),
            'arke-source-key': encodeURIComponent(`${ours}image.tif`),
          });
      }
      const { stdout, bodies } = await runTask(sandbox.current, `${ours}image.tif`, env);
      expect(bodies).toMatchObject([{ status: 'success', output_r2_key: `${ours}image.jpg` }]);
      expect(stdout).toContain('up to date; nothing to convert');
    },
  );
});
