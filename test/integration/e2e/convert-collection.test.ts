import { readdir, stat } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type CollectionTree,
  contentsOf,
  makeCollectionTree,
  picturesIn,
} from '../../support/collection-tree.ts';
import { decodeJpeg } from '../../support/pixels.ts';
import { type Run, runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
let tree: CollectionTree;
let sources: Map<string, string>;
let first: Run;

const convert = (...args: string[]) =>
  runProgram(['convert', ...args], {
    cwd: folder.root,
    env: { TMPDIR: folder.path('tmp'), NODE_DISABLE_COMPILE_CACHE: '1' },
  });
const collection = ['tree', '-r', '--out-dir', 'out'];

beforeAll(async () => {
  await folder.make('tmp');
  tree = await makeCollectionTree(await folder.make('tree'));
  sources = await contentsOf(tree.root);
  first = await convert(...collection);
});

describe('convert of a tree of hundreds of TIFFs', () => {
  it('makes the JPEG of each, at its place below --out-dir, and nothing else', async () => {
    const pictures = await picturesIn(folder.path('out'));
    expect([...pictures.keys()].sort()).toEqual([...tree.good.values()].sort());
    expect(await decodeJpeg(folder.path('out/odd/with space.jpg'))).toMatchObject({ width: 64 });
  });

  it('exits with 1, and lists at the end what failed, and why', () => {
    expect(first.exitCode).toBe(1);
    const [, list = ''] = first.stderr.split('\nFailed:\n');
    for (const name of tree.broken) expect(list).toMatch(new RegExp(`^  .*"tree/${name}".+$`, 'm'));
    expect(list).toMatch(/^ {2}"tree\/broken\/huge\.tif" .* at most 65535 a side$/m);
    expect(first.stderr).toMatch(/"tree\/broken\/huge\.tif" .* at most 65535 a side\. Split or/);
  });

  it('shows a line for each file: results on stdout, errors on stderr', () => {
    const lines = first.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(tree.good.size);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^tree\/odd\/line\\nbreak\.tif → out\/odd\/line\\nbreak\.jpg {2}\d+ × \d+, /,
      ),
    );
    for (const name of tree.broken)
      expect(first.stderr).toMatch(new RegExp(`^Error: .*"tree/${name}"`, 'm'));
  });

  it('shows at the end the counts of all outcomes, and the speed', () => {
    const all = tree.good.size + tree.broken.length;
    expect(first.stderr).toMatch(
      new RegExp(`^\\d+ TIFFs: ${tree.good.size} converted, \\d+ failed; [\\d.]+ (s|min)`, 'm'),
    );
    expect(first.stderr).toMatch(
      /^[\d.]+ [kM]B → [\d.]+ [kM]B; [\d.]+ files\/s, [\d.]+ MB\/s, [\d.]+ MP\/s$/m,
    );
    expect(Number(/^(\d+) TIFFs:/m.exec(first.stderr)?.[1])).toBeGreaterThanOrEqual(all);
  });

  it('keeps two TIFFs with the same name apart, and says which is which', async () => {
    expect(first.stderr).toMatch(/^Warning: .*clash\/map\.tiff.*clash\/map\.tiff\.jpg/m);
  });

  it('leaves the TIFFs as they are, and nothing in the temporary folder', async () => {
    expect(await contentsOf(tree.root)).toEqual(sources);
    expect(await readdir(folder.path('tmp'))).toEqual([]);
  });

  it('skips what is up to date when run again', async () => {
    const before = await stat(folder.path('out/clash/map.jpg'));
    const again = await convert(...collection, '--json');
    expect(again.exitCode).toBe(1);
    const { files, summary } = JSON.parse(again.stdout);
    expect(summary).toMatchObject({ converted: 0, skipped: tree.good.size });
    expect(files).toContainEqual(
      expect.objectContaining({ status: 'skipped', output: 'out/clash/map.tiff.jpg' }),
    );
    expect((await stat(folder.path('out/clash/map.jpg'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('says with --dry-run what, with --verbose how, it would do, and writes nothing', async () => {
    const before = await readdir(folder.root);
    const run = await convert('tree', '-r', '--out-dir', 'dry', '-nv');
    expect(run.stdout).toMatch(
      /^tree\/clash\/map\.tiff → dry\/clash\/map\.tiff\.jpg {2}.* CPU-s, /m,
    );
    expect(run.stdout.match(/ CPU-s, /g)?.length).toBeGreaterThanOrEqual(tree.good.size);
    expect(run.stderr).toMatch(/^\d+ TIFFs: \d+ to convert \(not decoded yet\)/m);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`, ${tree.broken.length} would fail; `);
    const failed = first.stderr.split('\nFailed:\n')[1] ?? '';
    expect(run.stderr).toContain(`\nWould fail:\n${failed.trimEnd()}\nDry run`);
    expect(run.stderr).toMatch(/; predicted [\d.]+ (ms|s|min).* of CPU, /m);
    expect(run.stderr).toContain('Dry run: nothing was written.');
    expect(await readdir(folder.root)).toEqual(before);
    expect(await contentsOf(tree.root)).toEqual(sources);
  });

  it('reports each event as one line of JSON with --json-lines, and nothing else', async () => {
    const run = await convert(...collection, '--force', '--json-lines');
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 1, stderr: '' });
    const events = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(0)).toMatchObject({ event: 'collection.started', jobs: expect.any(Number) });
    const summary = events.at(-1);
    expect(summary).toMatchObject({ event: 'collection.ended', converted: tree.good.size });
    const ended = events.filter(({ event }) => event === 'file.ended');
    expect(ended).toHaveLength(summary.files);
    for (const { status, input } of ended.filter(({ status }) => status === 'converted')) {
      const began = events.findIndex((e) => e.event === 'file.started' && e.input === input);
      expect({ status, began: began > 0 }).toEqual({ status: 'converted', began: true });
    }
  });
});
