import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { always } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const PAGE = '<!DOCTYPE html><html><body>Please log in</body></html>';
const portal = always({ status: 200, headers: { 'content-type': 'text/html' }, body: PAGE });

describe('an endpoint that answers everything with a web page', () => {
  it.each([
    ['upload', ['upload', 'a.jpg']],
    ['download', ['download', 'a/x.tif', '-o', 'x.tif']],
    ['batch', ['batch', 'a/']],
    ['inspect', ['inspect', 'r2://a/x.tif']],
    ['callback pending', ['callback', 'pending', '--outbox-prefix', 'arke-outbox']],
  ])('is reported as not an S3 endpoint, and never as a success: %s', async (_, args) => {
    await folder.write('a.jpg', 'a JPEG');
    await using server = await startFaultServer('http://127.0.0.1:1', portal);
    const run = await runProgram(args, {
      cwd: folder.root,
      env: {
        R2_ENDPOINT: server.url,
        R2_BUCKET: 'b',
        R2_ACCESS_KEY_ID: 'id',
        R2_SECRET_ACCESS_KEY: 'secret',
      },
    });
    expect(run.exitCode, run.stderr).toBe(1);
    expect(`${run.stdout}${run.stderr}`).toContain(
      `${new URL(server.url).host} is not an S3 endpoint: the attempt to `,
    );
    expect(await readdir(folder.root)).toEqual(['a.jpg']);
  });
});
