import { mkdir, readdir } from 'node:fs/promises';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFaultServer } from '../../support/fault-server.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeIcc } from '../../support/icc.ts';
import { type RunSetup, runProgram } from '../../support/program.ts';
import { MIB } from '../../support/storage.ts';
import { useSandbox } from '../../support/tasks.ts';
import { makeTiff, type TiffPage } from '../../support/tiff-writer.ts';

const [ASCII, SHORT, LONG, RATIONAL] = [2, 3, 4, 5];
const text = (tag: number, value: string) => ({
  tag,
  type: ASCII,
  values: [...Buffer.from(`${value}\0`)],
});
/** A text whose NUL is missing. */
const unended = { tag: 305, type: ASCII, values: [...Buffer.from('Scan 1.0')] };
const page: TiffPage = {
  width: 400,
  height: 300,
  samplesPerPixel: 4,
  photometric: 2,
  extraSamples: [2],
  orientation: 6,
  rowsPerStrip: 100,
  icc: makeIcc('Wide Colours'),
  entries: [
    text(270, 'Map of the town,\nwith its river'),
    text(305, 'Scan 1.0'),
    text(315, 'Ada Müller'),
    { tag: 282, type: RATIONAL, values: [300] },
    { tag: 283, type: RATIONAL, values: [300] },
    { tag: 296, type: SHORT, values: [2] },
  ],
  data: Buffer.alloc(400 * 300 * 4),
};
const mask: TiffPage = {
  width: 400,
  height: 300,
  samplesPerPixel: 1,
  photometric: 4,
  bitsPerSample: 1,
  subfileType: 4,
  data: Buffer.alloc(50 * 300),
};
const tiff = makeTiff(page, mask, { ...mask, subfileType: 2, photometric: 0, entries: [unended] });

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
  await folder.write('scan.tif', tiff);
});
afterEach(() => folder.remove());

const inspect = (args: readonly string[], setup: RunSetup = {}) =>
  runProgram(['inspect', ...args], { cwd: folder.root, env: { MEMORY_LIMIT_MB: '500' }, ...setup });

describe('inspect', () => {
  it('shows what is in a file, what would be lost and what is wrong', async () => {
    const { exitCode, stdout, stderr } = await inspect(['scan.tif']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.replace(/predicted .*$/gm, 'predicted …')).toMatchInlineSnapshot(`
      "scan.tif: TIFF, little-endian, 511 kB, 2 pages
        Page 1
          Size              400 × 300 pixels, 0.1 MP, 300 dpi
          Samples           4 × 8 bits, unsigned, RGB, with unassociated alpha
          Compression       none, 3 strips of 400 × 100 pixels, 480 kB
          Orientation       to be turned 90° clockwise (6)
          Profile           "Wide Colours", RGB, 169 B
          Artist            Ada Müller
          ImageDescription  Map of the town,\\nwith its river
          Software          Scan 1.0
          Plan              max, turned in memory (it fits); predicted …
        Directory 2 (transparency mask)
          Size         400 × 300 pixels, 0.1 MP
          Samples      1 × 1 bit, unsigned, transparency mask
          Compression  none, 1 strip of 400 × 300 pixels, 15.0 kB
        Page 2
          Size         400 × 300 pixels, 0.1 MP
          Samples      1 × 1 bit, unsigned, grey, white is zero
          Compression  none, 1 strip of 400 × 300 pixels, 15.0 kB
          Software     Scan 1.0
          Plan         max (it fits); predicted …
        Lost or changed by converting
          ! Page 2 of 2 is not converted (--page all avoids this)
          ! A transparency mask is not applied
          ! Page 1: Transparency (unassociated alpha) is flattened onto white
          ! Page 1: Colours are converted from the profile "Wide Colours" to sRGB, and it is not embedded (--profile keep avoids this)
          ! Page 1: Metadata left out: Artist, ImageDescription, Software (--metadata all avoids this)
        Wrong with the file
          ! Page 2: Texts do not end in a NUL byte: Software
      "
    `);
  });

  it('shows the same in one document with --json, and nothing else', async () => {
    const { exitCode, stdout, stderr } = await inspect(['scan.tif', '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { files } = JSON.parse(stdout);
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({
      input: 'scan.tif',
      bytes: tiff.length,
      format: 'TIFF',
      byte_order: 'little-endian',
      pages: 2,
      directories: [
        {
          index: 0,
          role: 'page',
          page: 1,
          samples_per_pixel: 4,
          bits_per_sample: [8, 8, 8, 8],
          extra_samples: ['unassociated alpha'],
          profile: { description: 'Wide Colours', colour_space: 'RGB' },
          resolution: { x: 300, y: 300, unit: 'inch' },
          plan: { effort: 'max', turn: 'memory', memory_bytes: expect.any(Number) },
        },
        { index: 1, role: 'mask' },
        { index: 2, role: 'page', page: 2 },
      ],
      problems: [{ code: 'TEXT_WITHOUT_NUL', directory: 2, severity: 'warning' }],
    });
    expect(files[0].losses.map((loss: { kind: string }) => loss.kind)).toEqual([
      'pages',
      'mask',
      'alpha',
      'profile',
      'metadata',
    ]);
  });

  it('lists what other settings would lose, from flags and the environment', async () => {
    const args = ['scan.tif', '--json', '--page', 'all', '--profile', 'keep'];
    const { stdout } = await inspect(args, { env: { JPEG_METADATA: 'all' } });
    expect(JSON.parse(stdout).files[0].losses).toEqual([
      { kind: 'mask', message: 'A transparency mask is not applied' },
      {
        kind: 'alpha',
        page: 1,
        message: 'Transparency (unassociated alpha) is flattened onto white',
      },
    ]);
  });

  it('plans with the given memory', async () => {
    const { stdout } = await inspect(['scan.tif', '--json'], { env: { MEMORY_LIMIT_MB: '50' } });
    expect(JSON.parse(stdout).files[0].directories[0].plan).toMatchObject({
      error: { code: 'OUT_OF_MEMORY', message: expect.stringContaining('limit 50 MB') },
    });
  });

  it('finds TIFFs as convert does, each once', async () => {
    await mkdir(folder.path('deep'));
    await folder.write('deep/b.TIFF', tiff);
    await folder.write('deep/notes.txt', 'no TIFF');
    await folder.write('deep/without-ending', tiff);
    await folder.write('._scan.tif', Buffer.from('0005160700020000', 'hex'));
    await folder.write('list', 'deep/b.TIFF\n');
    const found = async (...args: string[]) => {
      const { exitCode, stdout } = await inspect([...args, '--json']);
      const { files, warnings = [] } = JSON.parse(stdout);
      const inputs = files.map(({ input }: { input: string }) => input);
      return { exitCode, inputs, codes: warnings.map(({ code }: { code: string }) => code) };
    };
    const [b, c] = ['deep/b.TIFF', 'deep/without-ending'];
    expect(await found('scan.tif', '.', '-r')).toEqual({
      exitCode: 0,
      inputs: ['scan.tif', b, c],
      codes: [],
    });
    expect(await found('.')).toEqual({
      exitCode: 0,
      inputs: ['scan.tif'],
      codes: ['FOLDERS_UNSEARCHED'],
    });
    expect((await found('.', '-r', '--exclude', '*.tif')).inputs).toEqual([b, c]);
    expect((await found('*/b*', '--files-from', 'list')).inputs).toEqual([b]);
    expect((await found('.', '-r', '--include', 'deep/*')).inputs).toEqual([b, c]);
  });

  it('writes no file', async () => {
    const env = { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5.0' };
    const { stdout } = await inspect(['scan.tif'], { env });
    expect(stdout).not.toContain('\u001b');
    expect(await readdir(folder.root)).toEqual(['scan.tif']);
  });

  it('cannot be made to forge a line or to drive the terminal by what a file says', async () => {
    const entries = [text(315, 'Ada\nscan.tif: all is well\u001b[2J')];
    await folder.write('evil.tif', makeTiff({ ...page, entries, icc: makeIcc('W\u001b[2J\nide') }));
    const { stdout } = await inspect(['evil.tif']);
    expect(stdout).toContain('Ada\\nscan.tif: all is well\\u001b[2J');
    expect(stdout).toContain('"W\\u001b[2J\\nide"');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('inspect of several files', () => {
  const plain = makeTiff({ ...mask, subfileType: 0, photometric: 1 });
  beforeEach(() => folder.write('plain.tif', plain));

  it('shows one line for each, and totals', async () => {
    const { exitCode, stdout, stderr } = await inspect(['scan.tif', 'plain.tif']);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      'scan.tif: 2 pages, 400 × 300, 8 bits, RGB, uncompressed; would lose: pages, transparency, profile, metadata; 1 problem\n' +
        'plain.tif: 1 page, 400 × 300, 1 bit, grey, black is zero, uncompressed\n',
    );
    expect(stderr).toMatch(
      /^2 TIFFs: 2 ok \(not decoded yet\); 3 pages, [\d.]+ kB; 1 would lose something; 1 has problems\n$/,
    );
  });

  it('shows each in full with -v', async () => {
    const { stdout } = await inspect(['scan.tif', 'plain.tif', '-v']);
    const alone = await inspect(['scan.tif']);
    expect(stdout).toContain(alone.stdout);
    expect(stdout).toMatch(/^plain\.tif: TIFF, little-endian/m);
  });

  it('writes with --csv one line for each, those that cannot be read as well', async () => {
    const { exitCode, stdout, stderr } = await inspect(['scan.tif', 'lost.tif', '--csv']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('lost.tif');
    const [head, first = '', second = '', end] = stdout.split('\r\n');
    expect(head).toMatch(/^\uFEFFinput,status,bytes,pages,width,height,bits,colours,compression,/);
    expect(first).toMatch(/^scan\.tif,ok,\d+,2,400,300,8,RGB,none,pages transparency profile /);
    expect(second).toMatch(/^lost\.tif,would_fail,,.*,FILE,/);
    expect(end).toBe('');
  });

  it('says on the line what "convert" would refuse', async () => {
    await folder.write(
      'lzw.tif',
      makeTiff({ ...page, compression: 5, entries: [] }).subarray(0, 900),
    );
    const { stdout } = await inspect(['lzw.tif', 'plain.tif']);
    expect(stdout).toMatch(/^lzw\.tif: .*would fail: it /);
  });

  it.each([[['--json']], [['-v']]])('is no CSV with %j: wrong usage', async (args) => {
    const { exitCode, stdout, stderr } = await inspect(['scan.tif', '--csv', ...args]);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toMatch(/--csv/);
  });
});

describe('inspect of coded values', () => {
  it('decodes the texts of Windows and the number of the page', async () => {
    const utf16 = (tag: number, value: string) => ({
      tag,
      type: 1,
      values: [...Buffer.from(`${value}\0`, 'utf16le')],
    });
    const long = 'Größe '.repeat(100);
    const entries = [
      { tag: 297, type: SHORT, values: [0, 1] },
      utf16(40_091, 'Straßenkarte'),
      utf16(40_095, long),
    ];
    await folder.write('xp.tif', makeTiff({ ...page, entries }));
    const { stdout } = await inspect(['xp.tif']);
    expect(stdout).toMatch(/^ +PageNumber +page 1 of 1$/m);
    expect(stdout).toMatch(/^ +XPTitle +Straßenkarte$/m);
    expect(stdout).toMatch(/^ +XPSubject +Größe Größe .*…$/m);
    const { files } = JSON.parse((await inspect(['xp.tif', '--json'])).stdout);
    expect(files[0].directories[0].metadata).toContainEqual(
      expect.objectContaining({ name: 'XPTitle', value: 'Straßenkarte' }),
    );
  });
});

describe('inspect that fails', () => {
  it.each([
    ['a file that is not there', 'nowhere.tif', undefined, 'FILE', /nowhere\.tif.*Check the path/],
    ['another format', 'a.tif', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'NOT_A_TIFF', /a PNG file/],
    ['an empty file', 'a.tif', '', 'NOT_A_TIFF', /is empty/],
    ['what nobody knows', 'a.tif', 'neither fish nor fowl', 'NOT_A_TIFF', /a text file/],
    ['half a header', 'a.tif', 'II*\0\x08\0\0\0\x09\0', 'UNREADABLE_TIFF', /no readable dir/],
  ])('on %s says so, inspects the others, and exits 1', async (_, name, content, code, message) => {
    if (content !== undefined) await folder.write(name, Buffer.from(content, 'latin1'));
    const shown = await inspect([name, 'scan.tif']);
    expect(shown.exitCode).toBe(1);
    expect(shown.stderr).toMatch(message);
    expect(shown.stdout).toMatch(/^scan\.tif: 2 pages, 400 × 300/);
    const { exitCode, stdout, stderr } = await inspect([name, 'scan.tif', '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(JSON.parse(stdout).files).toMatchObject([
      { input: name, error: { code, message: expect.stringMatching(message) } },
      { input: 'scan.tif', pages: 2 },
    ]);
  });

  it('shows first what "convert" would refuse, in its words', async () => {
    const behindEnd = { tag: 273, type: LONG, values: [8, 8, 999_999] };
    await folder.write('cut.tif', makeTiff({ ...page, entries: [behindEnd] }));
    const { exitCode, stdout, stderr } = await inspect(['cut.tif']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const [, said = ''] = /^ {2}Would fail: (.*)$/m.exec(stdout) ?? [];
    expect(said).toMatch(
      /^"cut\.tif" is damaged: the file ends [\d ]+ bytes? before its last strip does\./,
    );
    expect(stdout).toMatch(/^ {4}Plan +none: it would fail, as said above$/m);
    const json = await inspect(['cut.tif', '--json']);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout).files).toMatchObject([
      { status: 'would_fail', error: { code: 'UNREADABLE_TIFF', message: said } },
    ]);
    const converted = await runProgram(['convert', 'cut.tif'], { cwd: folder.root });
    expect(converted.stderr).toContain(`Error: ${said}\n`);
  });

  it('counts several at the end, and a missing file as a dry run does', async () => {
    const args = ['scan.tif', 'lost.tif'];
    const { exitCode, stderr } = await inspect(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Error: .*lost\.tif.*\n2 TIFFs: 1 ok \(not decoded yet\), 1 would fail; 2 pages, [\d.]+ kB; 1 would lose something; 1 has problems\n$/,
    );
    expect((await inspect([...args, '--quiet'])).stderr).toMatch(/^Error: .*\n$/);
    const [told, planned] = await Promise.all([
      inspect([...args, '--json']),
      runProgram(['convert', ...args, '--dry-run', '--json'], { cwd: folder.root }),
    ]).then((runs) => runs.map(({ stdout }) => JSON.parse(stdout)));
    expect(told.summary).toMatchObject({ files: 2, ok: 1, would_fail: 1, failed: 0 });
    expect(planned.summary).toMatchObject({ converted: 1, would_fail: 1 });
    const { status, error } = told.files[1];
    expect(planned.files[1]).toMatchObject({ status, error });
  });

  it('on a missing page says which pages there are', async () => {
    const { exitCode, stderr } = await inspect(['scan.tif', '--page', '7']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('has 2 pages, so there is no page 7');
  });

  it.each([
    [
      ['scan.tif', '--page', 'none'],
      'must be first, all, the number of a page, or a list such as 1-3,5',
    ],
    [['r2://'], 'r2:// needs a key'],
    [['r2://box/'], 'arke-tiff batch r2://box/ --dry-run'],
    [['-r'], 'PATH is missing (or --files-from)'],
    [['r2://a.tif'], '--bucket is missing (or R2_BUCKET)'],
  ])('is wrong usage with %j', async (args, message) => {
    const { exitCode, stderr } = await inspect(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('inspect r2://KEY', () => {
  const sandbox = useSandbox();
  const KEY = 'staging/b/Straße 1.tif';
  const side = 4_096;
  let large: Buffer;
  beforeAll(async () => {
    large = makeTiff({
      ...page,
      width: side,
      height: side,
      rowsPerStrip: 16,
      data: Buffer.alloc(side * side * 4),
    });
    await sandbox.current.putObject(KEY, large, { contentType: 'image/tiff' });
    await sandbox.current.putObject(
      'a.png',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
    );
    await sandbox.current.putObject('empty.tif', Buffer.alloc(0));
  });
  const environment = (endpoint = sandbox.current.endpoint) => ({
    ...sandbox.current.environment('b', 't', KEY),
    R2_ENDPOINT: endpoint,
  });

  it('shows the same as for a file, and reads only its directories', async () => {
    expect(large.length).toBeGreaterThan(50 * MIB);
    await folder.write('large.tif', large);
    await using server = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const remote = await inspect([`r2://${KEY}`, '--json'], { env: environment(server.url) });
    const local = await inspect(['large.tif', '--json'], { env: environment() });
    expect(remote.exitCode).toBe(0);
    const [ours] = JSON.parse(remote.stdout).files;
    const [theirs] = JSON.parse(local.stdout).files;
    expect({ ...ours, directories: [] }).toEqual({
      ...theirs,
      input: `r2://${KEY}`,
      directories: [],
    });
    expect(ours.directories[0].segments).toEqual(theirs.directories[0].segments);
    expect(server.seen.every(({ headers }) => headers['range'] !== undefined)).toBe(true);
    expect(server.bytesSent()).toBeLessThan(200_000);
  });

  it('reads little when the directory is at the end and lists hundreds of strips', async () => {
    const key = 'end.tif';
    const create = { width: 4_200, height: 4_200, channels: 3, background: 'teal' } as const;
    const whole = await sharp({ create }).tiff({ compression: 'none' }).toBuffer();
    expect(whole.readUInt32LE(4)).toBeGreaterThan(50 * MIB);
    await sandbox.current.putObject(key, whole);
    await using server = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const { stdout } = await inspect([`r2://${key}`, '--json'], { env: environment(server.url) });
    expect(JSON.parse(stdout).files[0].directories[0]).toMatchObject({
      width: 4_200,
      height: 4_200,
    });
    expect(server.bytesSent()).toBeLessThan(200_000);
  });

  it('can be combined with files, and needs the bucket for objects only', async () => {
    const { exitCode, stdout } = await inspect(['scan.tif', `r2://${KEY}`], { env: environment() });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^scan\.tif: 2 pages.*\nr2:\/\/staging\/b\/Straße 1\.tif: 1 page, 4096/);
  });

  it.each([
    ['lost.tif', 'OBJECT_NOT_FOUND', '404 Not Found: there is no object "lost.tif"', 'failed'],
    ['a.png', 'NOT_A_TIFF', 'a PNG file', 'would_fail'],
    ['empty.tif', 'NOT_A_TIFF', 'is empty', 'would_fail'],
  ])('of %s is the error %s', async (key, code, message, status) => {
    const { exitCode, stdout } = await inspect([`r2://${key}`, '--json'], { env: environment() });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).files).toMatchObject([
      { input: `r2://${key}`, status, error: { code, message: expect.stringContaining(message) } },
    ]);
  });
});
