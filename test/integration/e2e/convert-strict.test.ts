import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { pagedTiff } from '../../support/pictures.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';
import { makeTiff, makeTiffAs } from '../../support/tiff-writer.ts';

const page = {
  width: 8,
  height: 8,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(8 * 8 * 3 * 2),
};
const artist = { tag: 315, type: 2, values: [...Buffer.from('Ada\0')] };

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.write('plain.tif', makeTiff(page));
  await folder.write('deep.tif', makeTiff({ ...page, bitsPerSample: 16, entries: [artist] }));
  await folder.write('paged.tif', pagedTiff(3));
});
afterEach(() => folder.remove());

const convert = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(['convert', ...args], { cwd: folder.root, ...setup });
const jpegs = async () => (await readdir(folder.root)).filter((name) => name.endsWith('.jpg'));

describe('convert --fail-on', () => {
  it('converts what loses nothing', async () => {
    expect((await convert(['plain.tif', '--fail-on', 'any'])).exitCode).toBe(0);
    expect(await jpegs()).toEqual(['plain.jpg']);
  });

  it('refuses what would lose something, lists all of it, and converts the others', async () => {
    const { exitCode, stderr } = await convert(['deep.tif', 'plain.tif', '--fail-on', 'any']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'Error: "deep.tif" would lose something: 16-bit samples become 8-bit; ' +
        'Metadata left out: Artist. --metadata all avoids some of it; ' +
        'without --fail-on it is converted anyway.\n',
    );
    expect(await jpegs()).toEqual(['plain.jpg']);
  });

  it.each([
    ['pages', ['deep', 'plain']],
    ['depth', ['paged', 'plain']],
    ['metadata', ['paged', 'plain']],
    ['transparency, profile', ['deep', 'paged', 'plain']],
    ['pages,depth', ['plain']],
  ])('refuses only what would lose these: %s', async (kinds, converted) => {
    const files = ['deep.tif', 'paged.tif', 'plain.tif'];
    await convert([...files, '--fail-on', kinds]);
    expect((await jpegs()).sort()).toEqual(converted.map((name) => `${name}.jpg`));
  });

  it('lists its values, and the replacements of earlier flags', async () => {
    const { exitCode, stderr } = await convert(['plain.tif', '--fail-on', 'pages,colour']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      '--fail-on must be pages, profile, transparency, depth, metadata, warning or any, not colour',
    );
    const old = await convert(['plain.tif', '--fail-on-loss', '--warnings-as-errors']);
    expect(old.exitCode).toBe(2);
    expect(old.stderr).toContain(
      'Use --fail-on pages,profile,transparency,depth,metadata and --fail-on warning.',
    );
  });

  it('says which flags avoid it', async () => {
    const { stdout } = await convert(['paged.tif', '--fail-on', 'any', '--json']);
    expect(JSON.parse(stdout).files).toMatchObject([
      {
        error: {
          code: 'LOSS',
          message: expect.stringContaining(
            '2 of 3 pages are not converted. --page all avoids that; ',
          ),
        },
      },
    ]);
  });

  it('writes nothing to stdout either', async () => {
    const input = pagedTiff(2);
    const { exitCode, stdout, stderr } = await convert(['-', '--fail-on', 'any'], { input });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('"stdin" would lose something: Page 2 of 2 is not converted');
  });

  it('keeps no JPEG when only the conversion shows a loss', async () => {
    // The header has IPTC, which --metadata all keeps; only who reads it sees that it is damaged.
    const iptc = { tag: 33_723, type: 7, values: [0x1c, 2, 80, 0xff, 0xff, 65] };
    await folder.write('damaged.tif', makeTiff({ ...page, entries: [iptc] }));
    const args = ['damaged.tif', '--metadata', 'all'];
    expect((await convert(args)).exitCode).toBe(0);
    const { exitCode, stdout } = await convert([...args, '--force', '--fail-on', 'any', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).files).toMatchObject([
      {
        error: {
          code: 'LOSS',
          message: expect.stringMatching(/has lost something: .*IPTC .*not kept/),
        },
      },
    ]);
  });

  it('does not change other errors', async () => {
    await folder.write('broken.tif', 'neither fish nor fowl');
    for (const [name, code] of [
      ['nowhere.tif', 'FILE'],
      ['broken.tif', 'NOT_A_TIFF'],
    ]) {
      const { stdout } = await convert([`${name}`, '--fail-on', 'any', '--json']);
      expect(JSON.parse(stdout).files).toMatchObject([{ error: { code } }]);
    }
  });
});

describe('convert --fail-on warning', () => {
  it('keeps a JPEG that was made without warnings', async () => {
    expect((await convert(['plain.tif', '--fail-on', 'warning'])).exitCode).toBe(0);
    expect(await jpegs()).toEqual(['plain.jpg']);
  });

  it('keeps no JPEG that was made with a warning, and lists the warnings', async () => {
    await folder.write('unsorted.tif', makeTiffAs({ descending: true }, page));
    const { exitCode, stdout } = await convert(['unsorted.tif', '--fail-on', 'warning', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).files).toMatchObject([
      {
        error: {
          code: 'WARNING',
          message: expect.stringMatching(/^"unsorted\.tif" was converted with warnings: The TIFF/),
        },
      },
    ]);
    expect(await jpegs()).toEqual([]);
  });

  it.each([
    [[], 'failed'],
    [['--dry-run'], 'would_fail'],
  ])('refuses before converting if the header shows it: %j', async (more, status) => {
    const args = ['paged.tif', 'plain.tif', '--fail-on', 'warning', '--json', ...more];
    const { exitCode, stdout } = await convert(args);
    const { files, summary } = JSON.parse(stdout);
    expect(exitCode).toBe(1);
    expect(summary[status]).toBe(1);
    expect(files).toContainEqual(
      expect.objectContaining({
        status,
        error: {
          code: 'WARNING',
          message:
            '"paged.tif" would have warnings: Only page 1 of 3 is converted ' +
            '(--page all converts all). Without --fail-on it is converted anyway.',
        },
      }),
    );
  });

  it.each([[[]], [['--dry-run']]])(
    'refuses before converting if the header shows it, for samples: %j',
    async (more) => {
      const grey = { ...page, photometric: 1, samplesPerPixel: 1 };
      await folder.write('signed.tif', makeTiff({ ...grey, sampleFormat: 2 }));
      await folder.write('extra.tif', makeTiff({ ...page, samplesPerPixel: 4, extraSamples: [0] }));
      const files = ['signed.tif', 'extra.tif', 'plain.tif'];
      const run = await convert([...files, '--fail-on', 'warning', '--json', ...more]);
      expect(run.exitCode).toBe(1);
      const told = JSON.parse(run.stdout).files.map(
        ({ error }: { error?: { message: string } }) => error?.message,
      );
      expect(told).toEqual([
        expect.stringMatching(/^"signed.tif" would have warnings: Its 8-bit samples are declared/),
        expect.stringMatching(/^"extra.tif" would have warnings: The TIFF has extra samples/),
        undefined,
      ]);
      expect(await jpegs()).toEqual(more.length > 0 ? [] : ['plain.jpg']);
    },
  );

  it('leaves an existing JPEG alone', async () => {
    await folder.write('paged.jpg', 'precious');
    const { exitCode } = await convert(['paged.tif', '--fail-on', 'warning', '--force']);
    expect(exitCode).toBe(1);
    expect(await jpegs()).toEqual(['paged.jpg']);
  });
});
