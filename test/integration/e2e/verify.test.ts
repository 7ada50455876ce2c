import { chmod, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { pagedTiff, raw } from '../../support/pictures.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.make('scans');
});
afterEach(() => folder.remove());

const verify = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(['verify', ...args], { cwd: folder.root, ...setup });
const summaryOf = async (args: readonly string[]) =>
  JSON.parse((await verify([...args, '--json'])).stdout).summary;

const picture = () => raw(200, 150, 3);
type ToJpeg = (picture: Sharp) => Sharp;
/** As programs without mozjpeg do. */
const plainly: ToJpeg = (same) => same.jpeg({ quality: 80 });

const LONG_AGO = new Date('2001-02-03T04:05:06Z');

/** A TIFF, and a JPEG of it by another program. */
async function writePair(name: string, toJpeg: ToJpeg = plainly, of = picture) {
  await folder.write(`scans/${name}.tif`, await of().tiff({ compression: 'lzw' }).toBuffer());
  const jpeg = await folder.write(`scans/${name}.jpg`, await toJpeg(of()).toBuffer());
  // A time that can be set again: a `Date` rounds what the disk has.
  await utimes(jpeg, LONG_AGO, LONG_AGO);
}

/** The bytes and times of all files that are not records. */
async function filesNow(): Promise<unknown[]> {
  const names = (await readdir(folder.path('scans'))).filter((name) => !name.startsWith('.'));
  return Promise.all(
    names.map(async (name) => {
      const path = folder.path(`scans/${name}`);
      return [name, await readFile(path), (await stat(path)).mtimeMs];
    }),
  );
}

/** Changes a JPEG's pixels, but neither its size nor its time. */
async function spoilSecretly(name: string): Promise<void> {
  const path = folder.path(name);
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0x55, bytes.length >> 1, bytes.length - 2));
  await utimes(path, LONG_AGO, LONG_AGO);
}

describe('verify', () => {
  it('finds JPEGs by other programs to be like their TIFFs, at any quality', async () => {
    await writePair('plain');
    await writePair('coarse', (same) => same.jpeg({ quality: 45 }));
    await writePair('fine', (same) => same.jpeg({ quality: 98, chromaSubsampling: '4:4:4' }));
    await writePair('progressive', (same) => same.jpeg({ quality: 70, progressive: true }));
    await writePair('tagged-srgb', (same) => plainly(same).withIccProfile('srgb'));
    await writePair('grey', plainly, () => raw(200, 150, 1));
    const { exitCode, stdout, stderr } = await verify(['scans']);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(
      stdout.match(/^scans\/\S+\.tif → scans\/\S+\.jpg {2}within limits: .*SSIM /gm),
    ).toHaveLength(6);
    expect(stderr).toMatch(/^6 TIFFs: 6 verified; .*^verified: 6 of 6 within the limits$/ms);
  });

  it('says what is wrong with each that is not, and writes to none', async () => {
    await writePair('good');
    await writePair('swapped', (same) => plainly(same.flop()));
    await writePair('cut');
    const whole = await readFile(folder.path('scans/cut.jpg'));
    await folder.write('scans/cut.jpg', whole.subarray(0, whole.length >> 1));
    await writePair('turned', (same) => plainly(same.rotate(90)));
    await writePair('thumbnail', (same) => plainly(same.resize(50)));
    await writePair('no-jpeg');
    await folder.write('scans/no-jpeg.jpg', await picture().png().toBuffer());
    await folder.write('scans/missing.tif', await picture().tiff().toBuffer());
    const before = await filesNow();
    const { exitCode, stdout, stderr } = await verify(['scans']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^scans\/good\.tif → scans\/good\.jpg {2}within limits: [^\n]*\n$/);
    for (const words of [
      /"scans\/swapped\.jpg" differs too much from its TIFF "scans\/swapped\.tif": PSNR.* Check that it is the JPEG of this TIFF/,
      /"scans\/cut\.jpg" differs too much .*: it cannot be decoded/,
      /"scans\/turned\.jpg" has 150 × 200 pixels, and its TIFF "scans\/turned\.tif" has 200 × 150\. It was turned/,
      /"scans\/thumbnail\.jpg" has 50 × 38 pixels, .* 200 × 150\. Only a JPEG of the full size/,
      /"scans\/no-jpeg\.jpg" is not a JPEG/,
      /"scans\/missing\.tif" has no JPEG: there is no file scans\/missing\.jpg/,
    ])
      expect(stderr).toMatch(words);
    expect(stderr).toMatch(/^verified: 1 of 7 within the limits$/m);
    expect(await filesNow()).toEqual(before);
  });

  it('judges colours by the profile of the TIFF: kept, converted, or lost', async () => {
    const tiff = await picture().withIccProfile('p3').tiff().toBuffer();
    await folder.write('scans/a.tif', tiff);
    const verdictOn = async (jpeg: Sharp) => {
      await folder.write('scans/a.jpg', await jpeg.jpeg({ quality: 90 }).toBuffer());
      return verify(['scans/a.tif']);
    };
    expect(await verdictOn(sharp(tiff).keepIccProfile())).toMatchObject({ exitCode: 0 });
    expect(await verdictOn(sharp(tiff))).toMatchObject({ exitCode: 0 });
    const lost = await verdictOn(sharp(tiff, { ignoreIcc: true }));
    expect(lost.exitCode).toBe(1);
    expect(lost.stderr).toContain('levels off');
    expect((await verdictOn(sharp(tiff).withIccProfile('cmyk'))).exitCode).toBe(1);
  });

  it('answers the name of a JPEG, and an object in R2, with what to do', async () => {
    await writePair('a');
    for (const [path, words] of [
      ['scans/a.jpg', 'scans/a.jpg is named like a JPEG. Name TIFFs only'],
      ['r2://box/a.tif', 'verify takes local files. To verify r2://box/a.tif, download it'],
    ] as const) {
      const { exitCode, stderr } = await verify(['scans/a.tif', path]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(words);
    }
  });

  it('asks for a least quality with --quality', async () => {
    await writePair('a', (same) => same.jpeg({ quality: 50 }));
    expect((await verify(['scans'])).exitCode).toBe(0);
    const { exitCode, stderr } = await verify(['scans', '--quality', '95']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('differs too much');
  });

  it('finds JPEGs where convert writes them, of all pages', async () => {
    await folder.write('scans/book.tif', pagedTiff(3));
    const args = ['scans', '--out-dir', 'jpegs', '--page', 'all'];
    await runProgram(['convert', ...args], { cwd: folder.root });
    const { exitCode, stdout } = await verify(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('scans/book.tif (page 3) → jpegs/book.page-3.jpg  within limits');
    await writeFile(folder.path('jpegs/book.page-2.jpg'), '');
    expect((await verify(args)).stderr).toContain('"jpegs/book.page-2.jpg" is not a JPEG');
  });

  it('takes pairs from a list, and names its wrong lines', async () => {
    await writePair('a');
    await writePair('b');
    const pairs = 'scans/a.tif\tscans/b.jpg\r\nscans/b.tif\tscans/a.jpg\r\n';
    await folder.write('pairs.tsv', pairs);
    for (const [list, input] of [['pairs.tsv'], ['-', pairs]] as const) {
      const { exitCode, stdout } = await verify(
        ['--pairs', list, '--force'],
        input ? { input } : {},
      );
      expect(exitCode).toBe(0);
      expect(stdout).toContain('scans/a.tif → scans/b.jpg  within limits');
    }
    await folder.write('pairs.tsv', `${pairs}scans/c.tif`);
    const wrong = await verify(['--pairs', 'pairs.tsv']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('--pairs pairs.tsv: line 3 is not a TIFF, a tab and its JPEG');
    expect((await verify(['scans', '--pairs', 'pairs.tsv'])).exitCode).toBe(2);
  });

  it('finds out without decoding what is missing or of another size, with --dry-run', async () => {
    await writePair('a');
    await writePair('small', (same) => plainly(same.resize(20)));
    await folder.write('scans/missing.tif', await picture().tiff().toBuffer());
    await spoilSecretly('scans/a.jpg');
    const { exitCode, stderr } = await verify(['scans', '-n']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^3 TIFFs: 1 to compare \(not decoded yet\), 2 would fail; /m);
    expect((await readdir(folder.path('scans'))).filter((name) => name.startsWith('.'))).toEqual(
      [],
    );
  });
});

describe('a run of verify', () => {
  beforeEach(async () => {
    await writePair('a');
    await writePair('b');
  });

  it('is resumed: what was verified is not decoded again until it changes', async () => {
    expect(await summaryOf(['scans'])).toMatchObject({ verified: 2, skipped: 0 });
    await spoilSecretly('scans/a.jpg');
    const again = await verify(['scans', '-v']);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('scans/a.tif → scans/a.jpg  verified before');
    expect(again.stderr).toMatch(/^2 TIFFs: 2 verified before; .*^verified: 2 of 2 within/ms);
    await utimes(folder.path('scans/b.tif'), 1, 1);
    expect(await summaryOf(['scans'])).toMatchObject({ verified: 1, skipped: 1 });
    expect(await summaryOf(['scans', '--quality', '60'])).toMatchObject({ verified: 1, failed: 1 });
    const all = await verify(['scans', '--force']);
    expect(all.exitCode).toBe(1);
    expect(all.stderr).toMatch(/scans\/a\.jpg/);
  });

  it('compares again what a run has found wrong, until it is within the limits', async () => {
    await verify(['scans']);
    const sound = await readFile(folder.path('scans/a.jpg'));
    await spoilSecretly('scans/a.jpg');
    expect(await summaryOf(['scans', '--force'])).toMatchObject({ verified: 1, failed: 1 });
    expect(await summaryOf(['scans'])).toMatchObject({ skipped: 1, failed: 1 });
    await folder.write('scans/a.jpg', sound);
    await utimes(folder.path('scans/a.jpg'), LONG_AGO, LONG_AGO);
    expect(await summaryOf(['scans'])).toMatchObject({ verified: 1, skipped: 1 });
    expect(await summaryOf(['scans'])).toMatchObject({ skipped: 2 });
  });

  it('never makes a JPEG count as made by arke-tiff', async () => {
    await verify(['scans']);
    const { exitCode, stderr } = await runProgram(['convert', 'scans'], { cwd: folder.root });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not show that arke-tiff made it');
  });

  it('records in the file of --record alone, and in nothing else of that name', async () => {
    const args = ['scans', '--record', 'kept.jsonl'];
    expect(await summaryOf(args)).toMatchObject({ verified: 2 });
    expect(await summaryOf(args)).toMatchObject({ verified: 0, skipped: 2 });
    expect((await readdir(folder.path('scans'))).sort()).toEqual([
      'a.jpg',
      'a.tif',
      'b.jpg',
      'b.tif',
    ]);
    const precious = await folder.write('precious.jsonl', '{"a":1}\n{"b":2}\n');
    for (const name of ['scans/a.jpg', 'precious.jsonl', 'scans/.arke-tiff.jsonl'])
      expect(await verify(['scans', '--record', name])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(`${name} is not a record of "verify"`),
      });
    expect(await readFile(precious, 'utf8')).toBe('{"a":1}\n{"b":2}\n');
  });

  it('warns where others could write its record, and keeps none there', async () => {
    await chmod(folder.path('scans'), 0o777);
    const { exitCode, stderr } = await verify(['scans']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Warning: .*others may write to it\. Name a record with --record/m);
    expect(await summaryOf(['scans'])).toMatchObject({ verified: 2, skipped: 0 });
  });

  it('is reported as convert reports its own', async () => {
    await writePair('c', (same) => plainly(same.flop()));
    const reports = ['r.html', 'r.csv', 'r.json'].flatMap((path) => ['--report', path]);
    expect((await verify(['scans', ...reports])).exitCode).toBe(1);
    const read = (name: string) => readFile(folder.path(name), 'utf8');
    const html = await read('r.html');
    expect(html).toContain('<title>Verification report: 3 files');
    expect(html.match(/id="(before|after|thumbnail)-\d"/g)).toHaveLength(6);
    expect(await read('r.csv')).toMatch(/^scans\/a\.tif,scans\/a\.jpg,1,verified,/m);
    const json = JSON.parse(await read('r.json'));
    expect(json).toMatchObject({ summary: { converted: 0, verified: 2, failed: 1 } });
    expect(json).not.toHaveProperty('settings');
  });

  it('stops with --fail-fast at the first failure', async () => {
    await writeFile(folder.path('scans/a.jpg'), '');
    const { exitCode, stderr } = await verify(['scans', '--fail-fast', '-j', '1']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('To verify the rest, fix scans/a.tif');
  });
});
