import { link, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { described, pictureWith, xmpEntry } from '../../support/described-tiff.ts';
import { exiftool, exiftoolBytes } from '../../support/exiftool.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { noisyTiff, pagedTiff, plainTiff } from '../../support/pictures.ts';
import { contractSnippet, decodeJpeg, largestDifference } from '../../support/pixels.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

let folder: TestFolder;
let tiff: Buffer;
beforeEach(async () => {
  folder = await makeFolder();
  tiff = await plainTiff();
  await folder.write('a.tif', tiff);
});
afterEach(() => folder.remove());

/** What is known of the JPEGs of a collection, kept beside them. */
const RECORD = '.arke-tiff.jsonl';

const convert = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(['convert', ...args], { cwd: folder.root, ...setup });
const files = async (name = '.') => (await readdir(folder.path(name), { recursive: true })).sort();

describe('convert', () => {
  it('puts the JPEG beside the TIFF, with the pixels of the contract’s snippet', async () => {
    await folder.write('a.tif', await noisyTiff(200));
    const { exitCode, stdout } = await convert(['a.tif']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^a\.tif → a\.jpg {2}200 × 200, [\d.]+ kB, \d+ ms\n$/);
    const ours = await decodeJpeg(folder.path('a.jpg'));
    const theirs = await decodeJpeg(await contractSnippet(folder.path('a.tif')));
    expect(largestDifference(ours, theirs)).toBe(0);
    expect(await files()).toEqual([RECORD, 'a.jpg', 'a.tif']);
  });

  it('writes the JPEG to the file of -o', async () => {
    const { exitCode } = await convert(['a.tif', '-o', 'other.jpeg']);
    expect(exitCode).toBe(0);
    expect(await decodeJpeg(folder.path('other.jpeg'))).toMatchObject({ width: 64, height: 48 });
    expect(await files()).toEqual([RECORD, 'a.tif', 'other.jpeg']);
  });

  it('writes the JPEGs of several files into the folder of --out-dir, which it creates', async () => {
    await folder.write('b.TIFF', tiff);
    const { exitCode, stdout } = await convert(['a.tif', 'b.TIFF', '--out-dir', 'out/jpegs']);
    expect(exitCode).toBe(0);
    expect(stdout.match(/ → /g)).toHaveLength(2);
    expect(await files('out/jpegs')).toEqual([RECORD, 'a.jpg', 'b.jpg']);
  });

  it('converts all TIFFs in a folder, with -r below it, too, and keeps subfolders', async () => {
    await mkdir(folder.path('scans [1]/deep'), { recursive: true });
    for (const name of ['scans [1]/c.tif', 'scans [1]/deep/d.TIF']) await folder.write(name, tiff);
    await folder.write('scans [1]/notes.txt', 'no TIFF');
    const { exitCode } = await convert(['scans [1]', '--out-dir', 'out']);
    expect(exitCode).toBe(0);
    expect(await files('out')).toEqual([RECORD, 'c.jpg']);
    expect((await convert(['scans [1]', '-r', '--out-dir', 'out'])).exitCode).toBe(0);
    const below = ['deep', `deep/${RECORD}`, 'deep/d.jpg'];
    expect(await files('out')).toEqual([RECORD, 'c.jpg', ...below]);
  });

  it('converts a file that is named twice once', async () => {
    const { exitCode, stdout } = await convert(['a.tif', '.', './a.tif']);
    expect(exitCode).toBe(0);
    expect(stdout.match(/ → /g)).toHaveLength(1);
  });
});

describe('convert --metadata and --profile', () => {
  it('keep the copyright, and the colours’ profile', async () => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } });
    const withProfile = await picture.withIccProfile('p3').tiff().toBuffer();
    const { icc = Buffer.alloc(0) } = await sharp(withProfile).metadata();
    await folder.write('b.tif', makeTiff({ ...pictureWith(...described), icc }));
    const args = ['b.tif', '--metadata', 'copyright', '--profile', 'keep', '--quiet'];
    const { exitCode, stderr } = await convert(args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const found = await exiftool(folder.path('b.jpg'));
    expect(found).toMatchObject({
      'IFD0:Artist': 'Anna Muster',
      'IFD0:Copyright': 'State Archive',
    });
    expect(found).not.toHaveProperty('IFD0:DocumentName');
    expect((await exiftoolBytes(folder.path('b.jpg'), 'icc_profile')).equals(icc)).toBe(true);
  });

  it('say on stderr what the JPEG lacks', async () => {
    await folder.write('b.tif', makeTiff(pictureWith(xmpEntry('no packet'))));
    const { exitCode, stderr } = await convert(['b.tif', '--metadata', 'all']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /\nWarning: b\.tif: Metadata of the TIFF that the JPEG does not have: XMP \(/,
    );
  });
});

describe('convert with -', () => {
  it('reads stdin and writes nothing but the JPEG to stdout', async () => {
    const setup = { cwd: folder.root, input: tiff };
    const { exitCode } = await convert(['-', '-o', 'piped.jpg'], setup);
    expect(exitCode).toBe(0);
    await convert(['a.tif']);
    const bytes = await readFile(folder.path('a.jpg'));
    expect(bytes.equals(await readFile(folder.path('piped.jpg')))).toBe(true);
    for (const args of [['-'], ['a.tif', '-o', '-']])
      expect((await convert(args, setup)).stdout).toBe(bytes.toString('utf8'));
  });

  it('calls stdin by that name, not by its temporary file', async () => {
    const { stdout, stderr } = await convert(['-', '-o', 'b.jpg'], { input: tiff });
    expect(stdout).toMatch(/^stdin → b\.jpg /);
    expect(stderr).toBe('Converting stdin …\n');
  });

  it.each([
    ['nothing', ''],
    ['no TIFF', 'neither fish nor fowl'],
  ])('fails on %s and writes nothing to stdout', async (_, input) => {
    const { exitCode, stdout, stderr } = await convert(['-'], { input });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: .*stdin/);
  });

  it('says on stderr what was left out, as for a file', async () => {
    const { exitCode, stderr } = await convert(['-'], { input: pagedTiff(3) });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Warning: stdin: Only page 1 of/);
  });

  it.each([
    [['-', 'a.tif'], '- must be the only PATH'],
    [['-', '--out-dir', 'out'], '--out-dir cannot be used with -'],
    [['-', '--json'], '--json cannot be combined with output to stdout'],
  ])('is refused as wrong usage when it makes no sense (%j)', async (args, message) => {
    const { exitCode, stdout, stderr } = await convert(args, { input: tiff });
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain(message);
  });
});

describe('convert never harms what is there', () => {
  it('refuses to overwrite an existing JPEG without --force', async () => {
    await folder.write('a.jpg', 'precious');
    const refused = await convert(['a.tif']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain(
      'a.jpg exists, and .arke-tiff.jsonl does not show that arke-tiff made it from this TIFF. --skip-existing keeps existing JPEGs, --force replaces them.',
    );
    expect(await readFile(folder.path('a.jpg'), 'utf8')).toBe('precious');
    expect((await convert(['a.tif', '--force'])).exitCode).toBe(0);
    expect(await decodeJpeg(folder.path('a.jpg'))).toMatchObject({ width: 64 });
    expect(await files()).toEqual([RECORD, 'a.jpg', 'a.tif']);
  });

  it.each([
    ['by its name', async () => 'a.tif'],
    ['by another path', async () => `../${folder.root.split('/').at(-1)}/a.tif`],
    [
      'through a symlink',
      async () => {
        await symlink('a.tif', folder.path('soft.jpg'));
        return 'soft.jpg';
      },
    ],
    [
      'through a hard link',
      async () => {
        await link(folder.path('a.tif'), folder.path('hard.jpg'));
        return 'hard.jpg';
      },
    ],
  ])('never overwrites a source, even with --force (%s)', async (_, prepare) => {
    const output = await prepare();
    const before = await files();
    const { exitCode, stderr } = await convert(['a.tif', '-o', output, '--force']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${output} is the source ${output === 'a.tif' ? '' : 'a.tif '}itself`);
    expect((await readFile(folder.path('a.tif'))).equals(tiff)).toBe(true);
    expect(await files()).toEqual(before);
  });

  it('never overwrites any TIFF, whatever it is called, even with --force', async () => {
    const other = await plainTiff('red');
    await folder.write('other.jpg', other);
    for (const input of ['a.tif', '-']) {
      const { exitCode } = await convert([input, '-o', 'other.jpg', '-f'], { input: tiff });
      expect(exitCode).toBe(1);
      expect((await readFile(folder.path('other.jpg'))).equals(other)).toBe(true);
    }
  });

  it('makes two JPEGs from two inputs with the same output name, and says so', async () => {
    await folder.write('a.TIFF', tiff);
    const { exitCode, stderr } = await convert(['a.tif', 'a.TIFF']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'Warning: a.TIFF becomes a.TIFF.jpg, because a.jpg is the JPEG of a.tif',
    );
    expect(await files()).toEqual([RECORD, 'a.TIFF', 'a.TIFF.jpg', 'a.jpg', 'a.tif']);
  });
});
