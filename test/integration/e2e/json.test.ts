import { link, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { documents } from '../../../docs/schemas.ts';
import { schemaProblems } from '../../support/json-documents.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram, startProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

// What commands write in all other tests of them is held to these schemas, too
// (test/support/program.ts).

const folder = useFolder();
const read = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(folder.path(path), 'utf8'));

const run = async (...args: string[]) => {
  const { stdout } = await runProgram(args, { cwd: folder.root, env: {} });
  return JSON.parse(stdout);
};

/** The names of fields at every level, by which two documents are compared. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => [name, shapeOf(field)]),
  );
}

describe('what is written as JSON', () => {
  it('has one shape for a file, for the same from stdin, and for a folder', async () => {
    const tiff = await plainTiff();
    await folder.make('in');
    await folder.write('in/a.tif', tiff);
    const ofFolder = await run('convert', 'in', '--out-dir', 'out', '--json');
    const ofFile = await run('convert', 'in/a.tif', '--json');
    const piped = await runProgram(['convert', '-', '-o', 'b.jpg', '--json'], {
      cwd: folder.root,
      input: tiff,
    });
    const file = { status: 'converted', input: 'in/a.tif', output: 'in/a.jpg' };
    expect(ofFile).toMatchObject({
      files: [{ ...file, pages: [{ page: 1, output: 'in/a.jpg' }] }],
      summary: { files: 1, converted: 1, skipped: 0, failed: 0, folders_unread: 0 },
      unread: [],
      warnings: [],
    });
    expect(shapeOf(ofFile)).toEqual(shapeOf(ofFolder));
    expect(shapeOf(JSON.parse(piped.stdout))).toEqual(shapeOf(ofFolder));
    const [skipped] = (await run('convert', 'in', '--out-dir', 'out', '--json')).files;
    expect(skipped.status).toBe('skipped');
  });

  it('reports failures, alone and among others, in the same fields', async () => {
    await folder.write('bad.tif', 'no TIFF');
    await folder.write('good.tif', await plainTiff());
    const alone = await run('convert', 'bad.tif', '--json');
    const [, among] = (await run('convert', 'good.tif', 'bad.tif', '--json')).files;
    expect(alone.files).toMatchObject([{ status: 'failed', error: { code: expect.any(String) } }]);
    expect(shapeOf(alone.files[0])).toEqual(shapeOf(among));
  });

  it('counts, for inspect, what could be inspected', async () => {
    await folder.write('good.tif', await plainTiff());
    await folder.write('bad.tif', 'no TIFF');
    const { files, summary, unread, warnings } = await run(
      ...['inspect', 'good.tif', 'bad.tif', '--json'],
    );
    expect(files).toMatchObject([{ status: 'ok' }, { error: { code: expect.any(String) } }]);
    const { files: count, ok, would_fail, failed } = summary;
    expect({ count, ok, rest: would_fail + failed }).toEqual({ count: 2, ok: 1, rest: 1 });
    expect([unread, warnings]).toEqual([[], []]);
  });

  it('is not held in memory: 5 000 TIFFs in less than 28 MB of heap', async () => {
    await folder.make('many');
    const tiff = await folder.write('one.tif', await plainTiff());
    const names = Array.from({ length: 5_000 }, (_, i) => `many/${i}.tif`);
    for (const name of names) await link(tiff, folder.path(name));
    const env = { NODE_OPTIONS: '--max-old-space-size=28' };
    const args = ['inspect', 'many', '--json'];
    const { exitCode, stdout } = await startProgram(args, { cwd: folder.root, env });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).files.map(({ input }: { input: string }) => input)).toEqual(names);
  });

  it('is, for a report, valid by its schema', async () => {
    await folder.make('kept');
    await folder.write('kept/a.tif', await plainTiff());
    await run('convert', 'kept', '--report', 'run.json', '--verify', '--force', '--json');
    expect(schemaProblems('report', await read('run.json'))).toEqual([]);
  });
});

describe('the schemas', () => {
  it('are in the package, and name all possible fields', () => {
    const require = createRequire(join(inject('program'), 'package.json'));
    for (const { name } of documents) {
      expect(require(`arke-tiff/${name}.schema.json`)).toMatchObject({
        $schema: expect.stringContaining('draft-07'),
      });
      expect(schemaProblems(name, { alien: true }), name).not.toEqual([]);
    }
  });

  it('refuse another status, an extra field and a missing field', async () => {
    await folder.write('c.tif', await plainTiff());
    const document = await run('convert', 'c.tif', '--json');
    const [file] = document.files;
    for (const files of [
      [{ ...file, status: 'done' }],
      [{ ...file, width: 1 }],
      [{ ...file, pages: undefined }],
    ])
      expect(
        schemaProblems('collection', JSON.parse(JSON.stringify({ ...document, files }))),
      ).not.toEqual([]);
  });
});
