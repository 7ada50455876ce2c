import { describe, expect, it } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { bytesIn, FOREIGN, otherTiff, tiff } from '../../support/objects.ts';
import { pagedTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const bytesOf = bytesIn(sandbox);

describe('the key of the JPEG', () => {
  it.each([
    ['k1/image.tif', 'k1/image.jpg'],
    ['k1/other.TIFF', 'k1/other.jpg'],
    ['k2/a.tif.d/scan.Tiff', 'k2/a.tif.d/scan.jpg'],
    ['k2/no ending', 'k2/no ending.jpg'],
    ['k2/photo.jpg', 'k2/photo.jpg.jpg'],
    ['k2/ümläut %20+&=?#.tif', 'k2/ümläut %20+&=?#.jpg'],
    ['.tif', '.jpg'],
    ['web/https://e.org/scan?id=7.tif', 'web/https://e.org/scan?id=7.jpg'],
  ])('of %s is %s, and the original stays unchanged', async (input, output) => {
    await sandbox.current.deleteObject(output);
    await sandbox.current.putObject(input, tiff);
    const { bodies, exitCode } = await runTask(sandbox.current, input);
    expect(bodies).toMatchObject([
      { status: 'success', output_r2_key: output, output_file_name: output.split('/').pop() },
    ]);
    expect(exitCode).toBe(0);
    expect((await bytesOf(output)).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    expect((await bytesOf(input)).equals(tiff)).toBe(true);
  });
});

describe('a key that contains a URL', () => {
  it('is shown exactly in log, outcome and error', async () => {
    const key = 'web/https://e.org/lost?id=7.tif';
    const { batchId, taskId } = newTask();
    const env = sandbox.current.environment(batchId, taskId, key);
    const { stdout, stderr } = await runProgram(['run', '--json'], { env });
    expect(JSON.parse(stdout).payload.error).toContain(`"${key}"`);
    expect(stderr).toContain(`Starting TIFF conversion: ${key}\n`);
    const [callback] = await sandbox.current.callbacks(batchId, taskId);
    expect(JSON.parse(callback?.body ?? '').error).toContain(`"${key}"`);
  });
});

describe('a very long key', () => {
  it('works, and its JPEG is recognised', async () => {
    const key = `long/${'漢'.repeat(320)}.tif`;
    await sandbox.current.putObject(key, tiff);
    const { bodies } = await runTask(sandbox.current, key);
    expect(bodies).toMatchObject([{ output_r2_key: key.replace('.tif', '.jpg') }]);
    const jpeg = await sandbox.current.getObject(key.replace('.tif', '.jpg'));
    expect(jpeg?.metadata['arke-source-key']).toMatch(/^sha256:[0-9a-f]{64}$/);
    const again = await runTask(sandbox.current, key);
    expect(again.stdout).toContain('is up to date');
  });
});

describe('a key that R2 cannot be asked for', () => {
  it('is refused by name, whether the object exists or not: a part that URLs resolve', async () => {
    const key = 'dots/../image.tif';
    await sandbox.current.putObject(key, tiff);
    await sandbox.current.putObject('image.tif', otherTiff);
    const { bodies } = await runTask(sandbox.current, key);
    expect(bodies).toMatchObject([
      {
        error: expect.stringMatching(
          /^Invalid settings: INPUT_R2_KEY must not contain the segment "\.\."/,
        ),
      },
    ]);
  });

  it('is found before anything is converted: the JPEG’s would be too long', async () => {
    const key = `long/${'x'.repeat(1019)}`;
    await sandbox.current.putObject(key, tiff);
    const { bodies, stdout } = await runTask(sandbox.current, key);
    expect(bodies).toMatchObject([
      {
        error: expect.stringMatching(
          /^Failed to upload JPEG: The JPEG's key "long\/x+…x+\.jpg" must have at most 1024 bytes, and it has 1028: R2 accepts no longer ones\. Give the TIFF a shorter key\.$/,
        ),
      },
    ]);
    expect(stdout).not.toContain('Converted');
  });

  it('is found before anything is converted: that of a further page would be too long', async () => {
    const key = `long/${'y'.repeat(1015)}.tif`;
    await sandbox.current.putObject(key, pagedTiff(2));
    const { bodies, stdout } = await runTask(sandbox.current, key, { TIFF_PAGES: 'all' });
    expect(bodies[0]?.['error']).toMatch(
      /^Failed to upload JPEG: The JPEG's key ".*\.page-2\.jpg" must have at most 1024 bytes/,
    );
    expect(stdout).not.toContain('Converted');
  });
});

describe('an object that this worker did not make from the same source', () => {
  it('is never overwritten: the JPEG goes to the input key with .jpg, and the log says so', async () => {
    await sandbox.current.putObject('f1/image.tif', tiff);
    await sandbox.current.putObject('f1/image.jpg', FOREIGN);
    const { bodies, stdout, taskId } = await runTask(sandbox.current, 'f1/image.tif');
    expect(bodies).toMatchObject([
      { output_r2_key: 'f1/image.tif.jpg', output_file_name: 'image.tif.jpg' },
    ]);
    expect((await bytesOf('f1/image.jpg')).equals(FOREIGN)).toBe(true);
    expect(stdout).toContain(`[${taskId}] Warning: f1/image.jpg was not made from f1/image.tif`);
  });

  it('is kept, too, when it was made from image.tiff beside image.tif', async () => {
    await sandbox.current.putObject('f2/image.tif', tiff);
    await sandbox.current.putObject('f2/image.tiff', otherTiff);
    await runTask(sandbox.current, 'f2/image.tif');
    const first = await bytesOf('f2/image.jpg');
    const { bodies } = await runTask(sandbox.current, 'f2/image.tiff');
    expect(bodies).toMatchObject([{ output_r2_key: 'f2/image.tiff.jpg' }]);
    expect((await bytesOf('f2/image.jpg')).equals(first)).toBe(true);
  });

  it('under both keys is an error that names both', async () => {
    await sandbox.current.putObject('f3/image.tif', tiff);
    await sandbox.current.putObject('f3/image.jpg', FOREIGN);
    await sandbox.current.putObject('f3/image.tif.jpg', FOREIGN);
    const { bodies, exitCode } = await runTask(sandbox.current, 'f3/image.tif');
    expect(bodies).toMatchObject([{ status: 'error' }]);
    expect(bodies[0]?.['error']).toMatch(
      /^Failed to upload JPEG: "f3\/image.jpg" and "f3\/image.tif.jpg"/,
    );
    expect(exitCode).toBe(1);
    expect((await bytesOf('f3/image.tif.jpg')).equals(FOREIGN)).toBe(true);
  });

  it('is kept, too, when it appears while the TIFF is converted', async () => {
    await sandbox.current.putObject('f4/image.tif', tiff);
    let appeared = false;
    await using proxy = await startFaultServer(sandbox.current.endpoint, async ({ method }) => {
      if (method === 'PUT' && !appeared) {
        appeared = true;
        await sandbox.current.putObject('f4/image.jpg', FOREIGN);
      }
      return undefined;
    });
    const env = { R2_ENDPOINT: proxy.url };
    const { bodies } = await runTask(sandbox.current, 'f4/image.tif', env);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'f4/image.tif.jpg' }]);
    expect((await bytesOf('f4/image.jpg')).equals(FOREIGN)).toBe(true);
    const puts = proxy.seen.filter(({ method }) => method === 'PUT');
    expect(puts.map(({ headers }) => headers['if-none-match'])).toEqual(['*', '*']);
  });
});

describe('the JPEG in R2', () => {
  it('says where it comes from and what made it', async () => {
    const key = 'p/ümläut.tif';
    await sandbox.current.putObject(key, tiff);
    const { taskId, batchId } = await runTask(sandbox.current, key);
    const source = await sandbox.current.getObject(key);
    expect((await sandbox.current.getObject('p/ümläut.jpg'))?.metadata).toEqual({
      'arke-source-key': encodeURIComponent(key),
      'arke-source-etag': source?.etag,
      'arke-task-id': taskId,
      'arke-batch-id': batchId,
      'arke-encoder':
        'mozjpeg q=95 chroma=4:2:0 background=white effort=auto profile=srgb metadata=none',
      'arke-effort': 'max',
      'arke-versions': expect.stringMatching(/^arke-tiff\/\S+ sharp\/\S+ vips\/\S+ mozjpeg\/\S+$/),
      'arke-page': '1',
    });
  });
});
