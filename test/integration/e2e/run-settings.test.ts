import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { knownVariables } from '../../../src/lib/task/environment.ts';
import { isRequired } from '../../../src/lib/task/environment-text.ts';
import { described, pictureWith } from '../../support/described-tiff.ts';
import { exiftool, groupsOf } from '../../support/exiftool.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { newTask, runTask, useSandbox } from '../../support/tasks.ts';
import { makeTiff } from '../../support/tiff-writer.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
const required = knownVariables.filter(isRequired);
/** Without these nobody can be told. */
const target = ['TASK_ID', 'BATCH_ID', 'CALLBACK_URL'];

beforeAll(async () => {
  const tiff = sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } }).tiff();
  await sandbox.current.putObject('image.tif', await tiff.toBuffer());
});

/** Runs with the sandbox's environment, changed; an undefined variable is left out. */
async function runWith(changes: Record<string, string | undefined>) {
  const { batchId, taskId } = newTask();
  const env = { ...sandbox.current.environment(batchId, taskId, 'image.tif'), ...changes };
  const set = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const run = await runProgram(['run'], { env: Object.fromEntries(set) });
  const callbacks = await sandbox.current.callbacks(batchId, taskId);
  return {
    ...run,
    bodies: callbacks.map(({ body }) => JSON.parse(body) as Record<string, unknown>),
  };
}

describe('the contract’s eight variables', () => {
  it('are these', () => {
    expect(required).toEqual([
      ...['TASK_ID', 'BATCH_ID', 'INPUT_R2_KEY'],
      ...['R2_ACCOUNT_ID', 'R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY', 'R2_BUCKET', 'CALLBACK_URL'],
    ]);
  });

  it('are all named in one message when all are missing', async () => {
    const { stdout, exitCode } = await runProgram(['run']);
    for (const name of required) expect(stdout).toContain(`${name} is missing`);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(1);
  });

  it.each(required.flatMap((name) => [[name, undefined] as const, [name, ' '] as const]))(
    'are each required: %s=%s is logged, and called back where possible',
    async (name, value) => {
      const { stdout, bodies, exitCode } = await runWith({ [name]: value });
      expect(exitCode).toBe(1);
      expect(stdout).toContain(`✗ Error: Invalid settings: ${name} is missing`);
      const told = target.includes(name)
        ? []
        : [{ status: 'error', error: `Invalid settings: ${name} is missing` }];
      expect(bodies).toMatchObject(told);
      expect(bodies).toHaveLength(told.length);
    },
  );
});

describe('a malformed variable', () => {
  it.each([
    ['CALLBACK_URL', 'ftp://example.com/x', 'must be an http or https URL'],
    ['CALLBACK_URL', 'not a url', 'must be an absolute http or https URL'],
    [
      'CALLBACK_URL',
      'https://user:pass-word@example.com/',
      'must not carry a user name or password',
    ],
    ['R2_ENDPOINT', 'localhost:8787', 'must be an http or https URL'],
    ['R2_JURISDICTION', 'mars', 'must be eu or fedramp'],
    ['R2_BUCKET', 'arn:aws:s3:::x', 'must be a bucket name'],
    ['R2_ACCESS_KEY_ID', 'copied-with-line-end\n', 'must not hold spaces, line ends'],
    ['JPEG_QUALITY', '101', 'must be a whole number from 1 to 100'],
    ['JPEG_QUALITY', '9.5', 'must be a whole number from 1 to 100'],
    ['JPEG_CHROMA_SUBSAMPLING', '4:2:2', 'must be 4:2:0 or 4:4:4'],
    ['JPEG_BACKGROUND', 'chequered', 'must be white, black or #rrggbb'],
    ['CALLBACK_SECRET', 'hunter22', 'must be a Standard Webhooks secret'],
    ['CALLBACK_SECRET', 'whsec_A', 'must be a Standard Webhooks secret'],
    ['CALLBACK_OUTBOX_PREFIX', '../elsewhere', 'must be the beginning of keys'],
    ['LOG_FORMAT', 'xml', 'must be text or json'],
  ])('%s=%s is reported without its value', async (name, value, problem) => {
    const { stdout, stderr, exitCode } = await runWith({ [name]: value });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${name} ${problem}`);
    expect(stdout + stderr).not.toContain(value);
  });

  it('is reported together with all others, missing or malformed, in log and callback', async () => {
    const { bodies } = await runWith({ R2_BUCKET: '', JPEG_QUALITY: '0', LOG_FORMAT: 'yaml' });
    expect(bodies[0]?.['error']).toMatch(
      /R2_BUCKET is missing.*JPEG_QUALITY must.*LOG_FORMAT must/,
    );
  });
});

describe('wrong usage of run', () => {
  it.each([
    ['an unknown flag', ['run', '--quick'], '--quick'],
    ['an argument', ['run', 'extra'], 'Unexpected argument: extra'],
    ['an --env-file that is not there', ['run', '--env-file=lost.env'], 'lost.env'],
  ])('is called back, too, if CALLBACK_URL is set: %s', async (_, args, text) => {
    const { batchId, taskId } = newTask();
    const env = sandbox.current.environment(batchId, taskId, 'image.tif');
    const { exitCode } = await execa(join(inject('program'), 'bin/run.js'), args, {
      env: { PATH: process.env['PATH'], ...env },
      extendEnv: false,
      reject: false,
    });
    expect(exitCode).toBe(1);
    const [callback, ...more] = await sandbox.current.callbacks(batchId, taskId);
    expect(JSON.parse(callback?.body ?? '')).toMatchObject({
      status: 'error',
      error: expect.stringContaining(text),
    });
    expect(more).toEqual([]);
  });
});

describe('R2_ENDPOINT and R2_BUCKET', () => {
  it.each(['/arke-staging', '//arke-staging/', '/x/arke-staging'])(
    'do not both name the bucket: …%s',
    async (path) => {
      const said = (setting: string) =>
        expect.stringMatching(
          `${setting} must not end with the bucket's name, .* Remove "/arke-staging"`,
        );
      const endpoint = `${sandbox.current.endpoint.replace(/\/$/, '')}${path}`;
      const { bodies } = await runWith({ R2_ENDPOINT: endpoint });
      expect(bodies).toMatchObject([{ error: said('R2_ENDPOINT') }]);
      const env = sandbox.current.environment('b', 't', 'image.tif');
      const download = await runProgram(['download', 'image.tif', '--endpoint', endpoint], { env });
      expect(download).toMatchObject({ exitCode: 2, stderr: said('--endpoint') });
    },
  );
});

describe('R2_ENDPOINT and R2_JURISDICTION', () => {
  it('exclude each other', async () => {
    const { bodies } = await runWith({ R2_JURISDICTION: 'eu' });
    expect(bodies[0]?.['error']).toContain('R2_ENDPOINT and R2_JURISDICTION cannot both be set');
  });
});

describe('the JPEG’s settings', () => {
  it('reach the encoder', async () => {
    await runTask(sandbox.current, 'image.tif', {
      JPEG_QUALITY: '60',
      JPEG_CHROMA_SUBSAMPLING: '4:4:4',
      JPEG_BACKGROUND: '#336699',
    });
    const jpeg = await sandbox.current.getObject('image.jpg');
    expect(jpeg?.metadata['arke-encoder']).toBe(
      'mozjpeg q=60 chroma=4:4:4 background=%23336699 effort=auto profile=srgb metadata=none',
    );
    expect((await sharp(jpeg?.bytes).metadata()).chromaSubsampling).toBe('4:4:4');
  });

  it('limit its size, and are part of what makes it up to date', async () => {
    await sandbox.current.putObject('large.tif', await plainTiff());
    const small = { JPEG_MAX_SIZE: '32' };
    const { bodies } = await runTask(sandbox.current, 'large.tif', small);
    expect(bodies).toMatchObject([{ status: 'success', output_r2_key: 'large.jpg' }]);
    const jpeg = await sandbox.current.getObject('large.jpg');
    expect(await sharp(jpeg?.bytes).metadata()).toMatchObject({ width: 32, height: 24 });
    expect(jpeg?.metadata['arke-encoder']).toMatch(/ metadata=none max-size=32$/);
    const again = await runTask(sandbox.current, 'large.tif', small);
    expect(again.stdout).toContain('up to date; nothing to convert');
    await runTask(sandbox.current, 'large.tif');
    const whole = await sandbox.current.getObject('large.jpg');
    expect(await sharp(whole?.bytes).metadata()).toMatchObject({ width: 64, height: 48 });
    expect(whole?.metadata['arke-encoder']).toMatch(/ metadata=none$/);
  });

  it('are refused with a size that no JPEG has', async () => {
    for (const size of ['15', '65501', '1e3']) {
      const { stdout, exitCode } = await runWith({ JPEG_MAX_SIZE: size });
      expect(exitCode).toBe(1);
      expect(stdout).toContain('JPEG_MAX_SIZE must be a whole number from 16 to 65500');
    }
  });

  it('keep the TIFF’s metadata in the uploaded object', async () => {
    const tiff = makeTiff(pictureWith(...described));
    await sandbox.current.putObject('described.tif', tiff);
    await runTask(sandbox.current, 'described.tif', { JPEG_METADATA: 'all' });
    const jpeg = await sandbox.current.getObject('described.jpg');
    expect(jpeg?.metadata['arke-encoder']).toContain(' profile=srgb metadata=all');
    const path = await folder.write('described.jpg', jpeg?.bytes ?? '');
    expect(await exiftool(path)).toMatchObject({
      'IFD0:DocumentName': 'Inventory 4711',
      'IFD0:Copyright': 'State Archive',
      'JFIF:XResolution': 300,
    });
  });

  it('keep only the resolution by default', async () => {
    await sandbox.current.putObject('bare.tif', makeTiff(pictureWith(...described)));
    await runTask(sandbox.current, 'bare.tif');
    const path = await folder.write(
      'bare.jpg',
      (await sandbox.current.getObject('bare.jpg'))?.bytes ?? '',
    );
    const found = await exiftool(path);
    expect(groupsOf(found)).toEqual(['JFIF']);
    expect(found).toMatchObject({ 'JFIF:XResolution': 300, 'JFIF:ResolutionUnit': 'inches' });
  });
});
