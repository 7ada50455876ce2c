import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { latin1, withLatin1Arguments } from '../../support/latin1-names.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1]);

let folder: TestFolder;
let tiff: Buffer;
/** A place in the bucket that no other test uses. */
let prefix: string;
beforeAll(async () => {
  folder = await makeFolder();
  tiff = await plainTiff();
  await folder.write('scan.tif', tiff);
  await folder.write('photo.jpg', JPEG);
  await folder.write('notes', 'some text');
});
afterAll(() => folder.remove());
beforeEach(() => {
  prefix = `p${randomUUID().slice(0, 8)}/`;
});

const upload = (...args: string[]) =>
  runProgram(['upload', ...args], {
    cwd: folder.root,
    env: sandbox.current.environment('b', 't', 'k'),
  });
const stored = (name: string) => sandbox.current.getObject(`${prefix}${name}`);

describe('upload', () => {
  it('stores a file under the key of --key, byte for byte', async () => {
    const { exitCode, stdout } = await upload('scan.tif', '--key', `${prefix}a/ü &#.tif`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^scan\.tif → p\w+\/a\/ü &#\.tif {2}[\d.]+ k?B, \d+ ms\n$/);
    const object = await stored('a/ü &#.tif');
    expect(Buffer.from(object?.bytes ?? []).equals(tiff)).toBe(true);
  });

  it('needs --key for a file whose name is not UTF-8', async () => {
    await writeFile(latin1(folder.path('caf\xe9.tif')), tiff);
    const uploadIt = (...args: string[]) =>
      runProgram(['upload', ...args], {
        cwd: folder.root,
        env: sandbox.current.environment('b', 't', 'k'),
        wrap: withLatin1Arguments('caf\xe9.tif'),
      });
    const { exitCode, stdout } = await uploadIt('--key', `${prefix}cafe.tif`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`caf\\xE9.tif → ${prefix}cafe.tif`);
    expect((await stored('cafe.tif'))?.contentType).toBe('image/tiff');
    const nameless = await uploadIt('--prefix', prefix);
    expect(nameless.exitCode).toBe(1);
    expect(nameless.stderr).toContain(`key "${prefix}caf\\xE9.tif" is not UTF-8`);
  });

  it('stores files under --prefix and their names, with the content type of their contents', async () => {
    const { exitCode } = await upload('scan.tif', 'photo.jpg', 'notes', '--prefix', prefix);
    expect(exitCode).toBe(0);
    expect((await stored('scan.tif'))?.contentType).toBe('image/tiff');
    expect((await stored('photo.jpg'))?.contentType).toBe('image/jpeg');
    expect((await stored('notes'))?.contentType).toBe('application/octet-stream');
  });

  it('takes a --prefix for a folder, with or without its slash', async () => {
    const { exitCode, stdout } = await upload('scan.tif', '--prefix', `${prefix}box`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`scan.tif → ${prefix}box/scan.tif  `);
    expect(await stored('box/scan.tif')).toBeDefined();
  });

  it('takes r2:// before a key and before a prefix', async () => {
    const one = await upload('notes', '--key', `r2://${prefix}one`);
    expect(one.stdout).toContain(`notes → ${prefix}one  `);
    const below = await upload('notes', '--prefix', `r2://${prefix}`);
    expect(below.stdout).toContain(`notes → ${prefix}notes  `);
  });

  it('stores a file with the type of --content-type', async () => {
    await upload('notes', '--prefix', prefix, '--content-type', 'text/plain; charset=utf-8');
    expect((await stored('notes'))?.contentType).toBe('text/plain; charset=utf-8');
  });

  it('uploads the others when one fails, and reports each with --json', async () => {
    const { exitCode, stdout, stderr } = await upload(
      'lost',
      'notes',
      '--prefix',
      prefix,
      '--json',
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      bucket: sandbox.current.bucket,
      files: [
        {
          status: 'failed',
          path: 'lost',
          key: `${prefix}lost`,
          error: { code: 'FILE', message: expect.stringContaining('Could not read "lost"') },
        },
        {
          status: 'uploaded',
          path: 'notes',
          bytes: 9,
          key: `${prefix}notes`,
          etag: expect.any(String),
          content_type: 'application/octet-stream',
          ms: expect.any(Number),
        },
      ],
    });
    expect(stderr).toBe('');
    expect(await stored('notes')).not.toBeNull();
  });

  it('says in text what failed', async () => {
    const { exitCode, stderr } = await upload('lost', '.', '--prefix', prefix);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: Could not read "lost": no such file or directory \(ENOENT\)/m);
    expect(stderr).toMatch(
      /^Error: "\." is a folder, but upload takes files\. Name the files in it, such as \*\.jpg\.$/m,
    );
  });
});

describe('upload never harms what is there', () => {
  it('refuses to overwrite an object without --force', async () => {
    await sandbox.current.putObject(`${prefix}notes`, Buffer.from('precious'));
    const refused = await upload('notes', '--prefix', prefix);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(`"${prefix}notes" exists in the bucket`);
    expect(refused.stderr).toContain('Use --force to replace it');
    expect(Buffer.from((await stored('notes'))?.bytes ?? []).toString()).toBe('precious');
    expect((await upload('notes', '--prefix', prefix, '--force')).exitCode).toBe(0);
    expect(Buffer.from((await stored('notes'))?.bytes ?? []).toString()).toBe('some text');
  });

  it('does not advise --force for a TIFF, which --force does not replace', async () => {
    await sandbox.current.putObject(`${prefix}scan.tif`, tiff);
    const { exitCode, stderr } = await upload('scan.tif', '--prefix', prefix);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'is a TIFF, and originals are never overwritten. Choose another --prefix.',
    );
  });

  it.each([
    ['by its name', 'there.TIFF', 'not looked at', undefined],
    ['by its content type', 'there', 'not looked at', 'image/tiff'],
    ['by what is in it', 'there.jpg', undefined, 'image/jpeg'],
  ])(
    'never overwrites a TIFF object, even with --force (a TIFF %s)',
    async (_, name, text, type) => {
      const bytes = text === undefined ? tiff : Buffer.from(text);
      const options = type === undefined ? {} : { contentType: type };
      await sandbox.current.putObject(`${prefix}${name}`, bytes, options);
      const run = await upload('photo.jpg', '--key', `${prefix}${name}`, '--force', '--json');
      expect(run.exitCode).toBe(1);
      expect(JSON.parse(run.stdout)).toMatchObject({
        files: [
          { error: { code: 'OBJECT_EXISTS', message: expect.stringContaining('is a TIFF') } },
        ],
      });
      expect(Buffer.from((await stored(name))?.bytes ?? []).equals(bytes)).toBe(true);
    },
  );

  it.each([
    [['notes', 'photo.jpg', '--key', 'one'], '--key names one object, but there are several files'],
    [['notes', './notes', '--force'], 'would both become'],
    [['notes', '--key', ''], '--key is empty'],
    [['notes', '--key', 'r2://'], '--key is empty'],
    [['notes', '--key', 'box/'], '--key names one object, and must not end with /'],
    [['notes', '--prefix', '/'], '--prefix must not begin with /'],
    [['notes', '--prefix', 'r2:///box'], '--prefix must not begin with /'],
    [['notes', '--key', 'k', '--prefix', 'p/'], '--prefix cannot be combined with --key'],
  ])(
    'refuses keys that are surely a mistake, as wrong usage, before anything is sent (%j)',
    async (args, message) => {
      const before = await sandbox.current.listKeys();
      const { exitCode, stderr } = await upload(...args);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(message);
      expect(await sandbox.current.listKeys()).toEqual(before);
    },
  );
});
