import { Parser } from '@oclif/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jsonFlag } from '../../../src/cli/global-flags.ts';
import { type FlagTable, readArguments } from '../../../src/cli/read-arguments.ts';
import Convert from '../../../src/commands/convert.ts';
import Inspect from '../../../src/commands/inspect.ts';

afterEach(() => void vi.unstubAllEnvs());

/** All flags of a command. */
const tableOf = ({ baseFlags, flags }: typeof Convert | typeof Inspect): FlagTable => ({
  json: jsonFlag,
  ...baseFlags,
  ...flags,
});

/** What oclif makes of a command line; undefined if it is wrong. */
async function byOclif(argv: readonly string[], command: typeof Convert | typeof Inspect) {
  const input = { flags: tableOf(command), args: command.args, strict: true };
  const parse = (
    Parser as {
      parse(argv: string[], input: object): Promise<{ flags: object; args: { paths?: string[] } }>;
    }
  ).parse;
  try {
    const { flags, args } = await parse([...argv], input);
    return { flags, paths: args.paths ?? [] };
  } catch {
    return undefined;
  }
}

const read = (argv: readonly string[], command: typeof Convert | typeof Inspect = Convert) =>
  readArguments(argv, tableOf(command), process.env);
const words = (line: string) => (line === '' ? [] : line.split(' '));

describe('a command line', () => {
  it.each([
    '',
    'a.tif',
    'a.tif b.tif -',
    '- -o -',
    'a.tif --output b.jpg --force',
    '--output=b.jpg a.tif',
    '--output= a.tif',
    '-o b.jpg a.tif -f',
    '-ob.jpg a.tif',
    '-o=b.jpg a.tif',
    '-rf scans',
    '-rfj2 scans',
    '-rj=2 scans',
    'scans -r --out-dir jpegs -j 2 --effort fast --quality 80 more scans',
    'a --include *.tif --include b --exclude c d',
    'a --report r.html --report=r.csv',
    'a --page all',
    'a --page 3',
    'a --background #ffeedd',
    'a --no-color --quiet --json',
    'a --force --force',
    '--force -- -a --output b -',
    '-- a',
    'a --',
    'a -- -- b',
    'a --files-from -',
    'a --checksum --verify --dry-run',
    'a --env-file f',
  ])('"%s" is read as oclif reads it', async (line) => {
    const known = await read(words(line));
    expect(known).toBeDefined();
    expect(known).toEqual(await byOclif(words(line), Convert));
  });

  it.each([
    ['a --nope', 'unknown flag'],
    ['a -x', 'unknown letter'],
    ['a --output', 'no value'],
    ['a --output --force', 'a flag as the value'],
    ['a -o b -o c', 'twice'],
    ['a -o b --out-dir c', 'excluded by another'],
    ['a --json --json-lines', 'excluded by another'],
    ['a --report r.html --dry-run', 'excluded by another'],
    ['a --effort most', 'no choice'],
    ['a --quality 200', 'out of bounds'],
    ['a --jobs 0', 'out of bounds'],
    ['a --jobs two', 'no number'],
    ['a --help', 'help'],
    ['a -rh', 'help'],
  ])('"%s" is left to oclif: %s', async (line) => {
    expect(await read(words(line))).toBeUndefined();
    expect(await byOclif(words(line), Convert)).toBeUndefined();
  });

  it.each([
    ['a --force=no', 'oclif takes the value for a path'],
    ['a --output -x', 'a value like a flag'],
  ])('"%s" is left to oclif, too: %s', async (line) => {
    expect(await read(words(line))).toBeUndefined();
    expect(await byOclif(words(line), Convert)).toBeDefined();
  });

  it('gets from the environment what has no flag', async () => {
    vi.stubEnv('JPEG_QUALITY', '70');
    vi.stubEnv('JPEG_EFFORT', 'fast');
    for (const argv of [['a'], ['a', '--effort', 'max']]) {
      expect(await read(argv)).toMatchObject({ flags: { quality: 70 } });
      expect(await read(argv)).toEqual(await byOclif(argv, Convert));
    }
    vi.stubEnv('JPEG_EFFORT', 'most');
    expect(await read(['a'])).toBeUndefined();
  });
});

it('any command line is read as oclif reads it, or left to it', async () => {
  const parts = [
    ...['a.tif', 'b', '-', '--', '', '=', 'x=y', '1', 'all', 'fast', 'sha256', '-5', '--nope'],
    ...[
      '-o',
      '-of',
      '-o=f',
      '-f',
      '-r',
      '-rf',
      '-rj',
      '-j',
      '-j2',
      '-fx',
      '-f=1',
      '-r-',
      '-=',
      '-é',
    ],
    ...['--output', '--output=x', '--output=', '--out-dir', '--force', '--force=1', '--json'],
    ...['--json-lines', '--page', '--page=2', '--effort', '--quality', '--quality=7', '--include'],
    ...['--exclude=*', '--report', '--dry-run', '--quiet', '--no-color', '--no-force', '--jobs'],
    ...['--bucket', '--checksum', '-h', '--toString', '--__proto__', '--constructor=1'],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...parts), { maxLength: 7 }),
      fc.constantFrom(Convert, Inspect),
      async (argv, command) => {
        const known = await read(argv, command);
        if (known) expect(known).toEqual(await byOclif(argv, command));
      },
    ),
    { numRuns: 3_000 },
  );
});

it('as many paths as a system allows are read in linear time', async () => {
  const argv = Array.from({ length: 50_000 }, (_, i) => `${i}.tif`);
  // By oclif's parser this takes half a minute, more than a test may.
  expect(await read(['-r', ...argv, '-f'])).toMatchObject({
    flags: { recursive: true, force: true },
  });
});
