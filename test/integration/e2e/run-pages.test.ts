import { describe, expect, it } from 'vitest';
import type { FaultOf } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { bytesIn, FOREIGN } from '../../support/objects.ts';
import { damaged, grey, mixed, noise } from '../../support/paged-tiffs.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { startProgram } from '../../support/program.ts';
import { untilTold, withPatience } from '../../support/task-patience.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';
import { makeTiff, makeTiffAs } from '../../support/tiff-writer.ts';

const sandbox = useSandbox();
const bytesOf = bytesIn(sandbox);
const ALL = { TIFF_PAGES: 'all' };

const putsIn = (seen: readonly { method: string; url: string }[]) =>
  seen.filter(({ method }) => method === 'PUT').map(({ url }) => url.replace(/.*\/|\?.*/g, ''));
const picture = async (key: string) => {
  const { width, height, channels } = await decodeJpeg(await bytesOf(key));
  return { width, height, channels };
};
const etagOf = async (key: string) => (await sandbox.current.getObject(key))?.etag;
const metadataOf = async (key: string) => (await sandbox.current.getObject(key))?.metadata;

describe('TIFF_PAGES=all', () => {
  it('makes a JPEG of each page, by that page’s properties, and the first one last', async () => {
    await sandbox.current.putObject('a1/scan.tif', mixed);
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const { bodies, stdout, taskId, exitCode } = await runTask(sandbox.current, 'a1/scan.tif', {
      ...ALL,
      R2_ENDPOINT: proxy.url,
    });
    expect(exitCode).toBe(0);
    expect(await picture('a1/scan.jpg')).toEqual({ width: 24, height: 16, channels: 1 });
    expect(await picture('a1/scan.page-2.jpg')).toEqual({ width: 16, height: 40, channels: 3 });
    expect(await picture('a1/scan.page-3.jpg')).toEqual({ width: 32, height: 48, channels: 1 });
    expect(putsIn(proxy.seen).at(-1)).toBe('scan.jpg');
    expect(putsIn(proxy.seen).sort()).toEqual(['scan.jpg', 'scan.page-2.jpg', 'scan.page-3.jpg']);
    const { length } = await bytesOf('a1/scan.jpg');
    expect(bodies).toMatchObject([
      { output_r2_key: 'a1/scan.jpg', output_file_name: 'scan.jpg', output_file_size: length },
    ]);
    const lines = stdout
      .split('\n')
      .filter((line) => / (C|c)onverted to | (U|u)ploaded to /.test(line));
    const said = (text: string) => expect.stringMatching(`^\\[${taskId}\\] ${text}$`);
    expect(lines).toHaveLength(6);
    expect(lines.slice(0, 3)).toEqual([
      said('Converted to 0\\.00 MB in \\d+ms'),
      said('Page 2 converted to 0\\.00 MB in \\d+ms'),
      said('Page 3 converted to 0\\.00 MB in \\d+ms'),
    ]);
    for (const page of [2, 3])
      expect(lines).toContainEqual(
        said(`Page ${page} uploaded to a1/scan\\.page-${page}\\.jpg \\(0\\.00 MB\\) in \\d+ms`),
      );
    expect(lines.at(-1)).toEqual(said('Uploaded to a1/scan\\.jpg in \\d+ms'));
  });

  it('has every JPEG in R2 when the callback comes', async () => {
    await sandbox.current.putObject('a2/scan.tif', mixed);
    let seen: string[] = [];
    const { url } = sandbox.current;
    await using orchestrator = await startFaultServer(url, async () => {
      seen = await sandbox.current.listKeys('a2/');
      return undefined;
    });
    await runTask(sandbox.current, 'a2/scan.tif', {
      ...ALL,
      CALLBACK_URL: `${orchestrator.url}/callback/b/t`,
    });
    expect(seen).toEqual([
      ...['a2/scan.jpg', 'a2/scan.page-2.jpg', 'a2/scan.page-3.jpg', 'a2/scan.tif'],
    ]);
  });

  it('says in each JPEG which page it is, and in the first how many there are', async () => {
    await sandbox.current.putObject('a3/scan.tif', mixed);
    await runTask(sandbox.current, 'a3/scan.tif', ALL);
    expect(await metadataOf('a3/scan.jpg')).toMatchObject({
      'arke-page': '1',
      'arke-page-count': '3',
    });
    const further = await metadataOf('a3/scan.page-3.jpg');
    expect(further).toMatchObject({ 'arke-page': '3', 'arke-source-key': 'a3%2Fscan.tif' });
    expect(further).not.toHaveProperty('arke-page-count');
  });

  it('makes one JPEG of a TIFF of one page', async () => {
    await sandbox.current.putObject('a4/scan.tif', makeTiff(grey(8, 8, 9)));
    const { bodies } = await runTask(sandbox.current, 'a4/scan.tif', ALL);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'a4/scan.jpg' }]);
    expect(await sandbox.current.listKeys('a4/')).toEqual(['a4/scan.jpg', 'a4/scan.tif']);
  });

  it('fails as a whole when one page is damaged: the error names it, nothing is uploaded', async () => {
    await sandbox.current.putObject('a5/scan.tif', damaged);
    const { bodies, exitCode } = await runTask(sandbox.current, 'a5/scan.tif', ALL);
    expect(exitCode).toBe(1);
    expect(bodies).toMatchObject([{ status: 'error' }]);
    expect(bodies[0]?.['error']).toMatch(
      /^Failed to convert TIFF: "scan\.tif \(page 2 of 3\)" is damaged/,
    );
    expect(await sandbox.current.listKeys('a5/')).toEqual(['a5/scan.tif']);
  });

  it('that is stopped between two pages calls back one error, and uploads nothing', async () => {
    await sandbox.current.putObject('a7/scan.tif', makeTiff(...Array(6).fill(noise(1500))));
    const { batchId, taskId } = newTask();
    const env = { ...sandbox.current.environment(batchId, taskId, 'a7/scan.tif'), ...ALL };
    const program = startProgram(['run'], { env: { ...env, ...withPatience(untilTold) } });
    let log = '';
    program.stdout.on('data', (chunk: Buffer) => {
      log += chunk;
      if (log.includes('Page 2 converted')) program.kill('SIGTERM');
    });
    expect((await program).exitCode).toBe(1);
    const callbacks = await sandbox.current.callbacks(batchId, taskId);
    expect(callbacks.map(({ body }) => JSON.parse(body))).toMatchObject([
      { status: 'error', error: expect.stringMatching(/^Interrupted by SIGTERM/) },
    ]);
    expect(await sandbox.current.listKeys('a7/')).toEqual(['a7/scan.tif']);
  });

  it('fails when the list of pages is damaged, so that no page is lost silently', async () => {
    const tiff = makeTiffAs({ next: 1_000_000 }, grey(8, 8, 1), grey(8, 8, 2));
    await sandbox.current.putObject('a6/scan.tif', tiff);
    const { bodies } = await runTask(sandbox.current, 'a6/scan.tif', ALL);
    expect(bodies[0]?.['error']).toMatch(
      /^Failed to convert TIFF: "scan\.tif" is damaged: its list of pages is broken/,
    );
    expect(await sandbox.current.listKeys('a6/')).toEqual(['a6/scan.tif']);
  });
});

describe('the requests for TIFF_PAGES=all', () => {
  const twelve = makeTiff(...Array.from({ length: 12 }, (_, i) => grey(8, 8, i)));
  const further = Array.from({ length: 11 }, (_, i) => `scan.page-${i + 2}.jpg`);

  /** Runs such a task, and gives its requests without what they have in common. */
  async function requestsOf(folder: string, faultOf: FaultOf = () => undefined) {
    await sandbox.current.putObject(`${folder}/scan.tif`, twelve);
    await using proxy = await startFaultServer(sandbox.current.endpoint, faultOf);
    const env = { ...ALL, R2_ENDPOINT: proxy.url };
    const { bodies, stderr } = await runTask(sandbox.current, `${folder}/scan.tif`, env);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: `${folder}/scan.jpg` }]);
    expect(stderr).toBe('');
    return proxy.seen.map(({ method, url }) =>
      url.includes('list-type=2') ? 'LIST' : `${method} ${url.replace(/.*\/|\?.*/g, '')}`,
    );
  }
  const of = (method: string, names: readonly string[]) => names.map((name) => `${method} ${name}`);

  it('are one list, no HEAD and a PUT for each further page, and the first page last', async () => {
    const requests = await requestsOf('r1');
    expect(requests.at(-1)).toBe('PUT scan.jpg');
    expect(requests.slice(0, 2).sort()).toEqual(['GET scan.tif', 'HEAD scan.jpg']);
    expect(requests[2]).toBe('LIST');
    expect(requests.slice(3, -1).sort()).toEqual(of('PUT', further).sort());
  });

  it('check the object under a key that the list has', async () => {
    await sandbox.current.putObject('r2/scan.page-7.jpg', FOREIGN);
    const requests = await requestsOf('r2');
    expect(requests.slice(3).filter((one) => one.startsWith('HEAD'))).toEqual([
      ...['HEAD scan.page-7.jpg', 'HEAD scan.tif.page-7.jpg'],
    ]);
    expect((await bytesOf('r2/scan.page-7.jpg')).equals(FOREIGN)).toBe(true);
    expect(requests.at(-1)).toBe('PUT scan.jpg');
  });

  it('check each page when the token may not list', async () => {
    const requests = await requestsOf('r3', ({ url }) =>
      url.includes('list-type=2') ? { status: 403 } : undefined,
    );
    expect(requests.slice(3, 14).sort()).toEqual(of('HEAD', further).sort());
    expect(requests.slice(14, -1).sort()).toEqual(of('PUT', further).sort());
    expect(requests.at(-1)).toBe('PUT scan.jpg');
  });

  it('check nothing twice when a page is missing', async () => {
    await requestsOf('r4');
    await sandbox.current.deleteObject('r4/scan.page-5.jpg');
    const requests = await requestsOf('r4');
    expect(requests.slice(0, -1).sort()).toEqual(
      ['GET scan.tif', ...of('HEAD', ['scan.jpg', ...further])].sort(),
    );
    expect(requests.at(-1)).toBe('PUT scan.page-5.jpg');
  });
});

describe('JPEGs of an earlier TIFF', () => {
  it('stay unchanged when one page of the new one fails', async () => {
    await sandbox.current.putObject('e1/scan.tif', mixed);
    await runTask(sandbox.current, 'e1/scan.tif', ALL);
    const keys = ['e1/scan.jpg', 'e1/scan.page-2.jpg', 'e1/scan.page-3.jpg'];
    const before = await Promise.all(keys.map(etagOf));
    const lastDamaged = [grey(16, 16, 1), grey(16, 16, 2), { ...grey(16, 16, 3), compression: 5 }];
    await sandbox.current.putObject('e1/scan.tif', makeTiff(...lastDamaged));
    const { bodies } = await runTask(sandbox.current, 'e1/scan.tif', ALL);
    expect(bodies).toMatchObject([{ status: 'error' }]);
    expect(await Promise.all(keys.map(etagOf))).toEqual(before);
  });
});

describe('a further page whose key is somebody else’s', () => {
  it('goes to the input key with its number, and the foreign object is left alone', async () => {
    await sandbox.current.putObject('c1/scan.tif', mixed);
    await sandbox.current.putObject('c1/scan.page-2.jpg', FOREIGN);
    const { bodies, stdout } = await runTask(sandbox.current, 'c1/scan.tif', ALL);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'c1/scan.jpg' }]);
    expect((await bytesOf('c1/scan.page-2.jpg')).equals(FOREIGN)).toBe(true);
    expect(await picture('c1/scan.tif.page-2.jpg')).toMatchObject({ height: 40 });
    expect(stdout).toContain('Warning: c1/scan.page-2.jpg was not made from c1/scan.tif');
    expect(stdout).toContain('Page 2 uploaded to c1/scan.tif.page-2.jpg');
    const again = await runTask(sandbox.current, 'c1/scan.tif', ALL);
    expect(again.stdout).toContain('nothing to convert');
  });

  it('takes the other name together with the first page', async () => {
    await sandbox.current.putObject('c4/scan.jpg', FOREIGN);
    await sandbox.current.putObject('c4/scan.tif', mixed);
    const { bodies } = await runTask(sandbox.current, 'c4/scan.tif', ALL);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'c4/scan.tif.jpg' }]);
    expect(await sandbox.current.listKeys('c4/')).toEqual(
      ['jpg', 'tif', 'tif.jpg', 'tif.page-2.jpg', 'tif.page-3.jpg'].map((end) => `c4/scan.${end}`),
    );
    const again = await runTask(sandbox.current, 'c4/scan.tif', ALL);
    expect(again.stdout).toContain('nothing to convert');
  });

  it('survives two tasks that run at once', async () => {
    await sandbox.current.putObject('c5/scan.tif', mixed);
    await sandbox.current.putObject('c5/scan.page-2.tif', makeTiff(grey(20, 12, 90)));
    const runs = ['c5/scan.tif', 'c5/scan.tif', 'c5/scan.page-2.tif'].map((key) =>
      runTask(sandbox.current, key, ALL),
    );
    const outcomes = await Promise.all(runs);
    for (const { bodies } of outcomes) expect(bodies).toMatchObject([{ status: 'success' }]);
    const keys = (await sandbox.current.listKeys('c5/')).filter((key) => key.endsWith('.jpg'));
    const sizes = await Promise.all(keys.map(picture));
    expect(sizes.map(({ width, height }) => `${width} × ${height}`).sort()).toEqual([
      '16 × 40',
      '20 × 12',
      '24 × 16',
      '32 × 48',
    ]);
  });

  it('is an error before any conversion when both keys are foreign', async () => {
    await sandbox.current.putObject('c2/scan.tif', mixed);
    for (const key of ['c2/scan.page-3.jpg', 'c2/scan.tif.page-3.jpg'])
      await sandbox.current.putObject(key, FOREIGN);
    const { bodies, stdout } = await runTask(sandbox.current, 'c2/scan.tif', ALL);
    expect(bodies[0]?.['error']).toMatch(
      /^Failed to upload JPEG: "c2\/scan\.page-3\.jpg" and "c2\/scan\.tif\.page-3\.jpg"/,
    );
    expect(stdout).not.toContain('onverted to');
    expect(await etagOf('c2/scan.jpg')).toBeUndefined();
  });

  it('is kept, too, when it appears while the pages are converted', async () => {
    await sandbox.current.putObject('c3/scan.tif', mixed);
    await using proxy = await startFaultServer(sandbox.current.endpoint, async (request) => {
      if (request.method === 'PUT' && request.url.includes('/scan.page-2.jpg'))
        await sandbox.current.putObject('c3/scan.page-2.jpg', FOREIGN);
      return undefined;
    });
    const env = { ...ALL, R2_ENDPOINT: proxy.url };
    const { bodies } = await runTask(sandbox.current, 'c3/scan.tif', env);
    expect(bodies).toMatchObject([{ status: 'success' }]);
    expect((await bytesOf('c3/scan.page-2.jpg')).equals(FOREIGN)).toBe(true);
    expect(await picture('c3/scan.tif.page-2.jpg')).toMatchObject({ height: 40 });
  });
});
