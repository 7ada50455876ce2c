import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeOldJpeg } from '../../support/make-ojpeg.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
/** The folder that the packed program is installed in: a program of somebody else's. */
const home = () => join(inject('program'), '../..');

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

describe('the package as a library', () => {
  it('converts a TIFF and validates a payload', async () => {
    const page = {
      width: 16,
      height: 8,
      samplesPerPixel: 3,
      photometric: 2,
      data: Buffer.alloc(384),
    };
    const tiff = await folder.write('a.tif', makeTiff(page));
    const code = `
      import { callbackPayloadSchema, convertTiff, payloadProblems, runTask } from 'arke-tiff';
      const { width, height, bytes } = await convertTiff(process.argv[1], process.argv[2]);
      const problems = payloadProblems({ status: 'error' }).length;
      const standard = callbackPayloadSchema['~standard'].version;
      console.log(JSON.stringify([width, height, bytes > 100, problems, standard, typeof runTask]));`;
    const { stdout } = await execa(
      process.execPath,
      ['--input-type=module', '--eval', code, tiff, folder.path('a.jpg')],
      { cwd: home() },
    );
    expect(JSON.parse(stdout)).toEqual([16, 8, true, 3, 1, 'function']);
  });

  it('has the decoders that other threads load: for old-style JPEG, and for samples of 12 bits', async () => {
    const pixels = { ...{ width: 32, height: 16 }, data: Buffer.alloc(32 * 16 * 3, 200) };
    const old = await folder.write('old.tif', await makeOldJpeg(pixels, { kind: 'interchange' }));
    const deep = { width: 32, height: 16, samplesPerPixel: 1, photometric: 1, bitsPerSample: 12 };
    const twelve = makeTiff({ ...deep, data: Buffer.alloc(32 * 16 * 1.5) });
    const code = `
      import { convertTiff } from 'arke-tiff';
      for (const path of process.argv.slice(1)) {
        const { plan, width } = await convertTiff(path, path + '.jpg');
        console.log(plan.reading.reader, width);
      }`;
    const { stdout } = await execa(
      process.execPath,
      ['--input-type=module', '--eval', code, old, await folder.write('twelve.tif', twelve)],
      { cwd: home() },
    );
    expect(stdout.split('\n')).toEqual(['magick 32', 'samples 32']);
  });

  it('has the page that reports are made from', async () => {
    const page = await readFile(join(inject('program'), 'dist/bundle/report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>[\s\S]*<!--DATA-->\n<script>[\s\S]+<\/script>/);
  });

  it('has types that a strict program can build on', async () => {
    const code = `
      import { type CallbackPayload, type Conversion, convertTiff, payloadProblems } from 'arke-tiff';
      export const convert = (path: string): Promise<Conversion> => convertTiff(path, path + '.jpg', { quality: 90 });
      export const nameOf = (payload: CallbackPayload): string =>
        payload.status === 'success' ? payload.output_file_name : payload.error;
      // @ts-expect-error: the quality is a number
      convertTiff('a.tif', 'a.jpg', { quality: 'high' });
      payloadProblems({}).map((problem) => problem.length);`;
    await writeFile(join(home(), 'consumer.ts'), code);
    const tsc = join(project, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024'];
    const { stdout } = await execa(
      process.execPath,
      [tsc, ...flags, '--skipLibCheck', 'consumer.ts'],
      {
        cwd: home(),
        reject: false,
      },
    );
    expect(stdout).toBe('');
  });

  it('holds the callback’s schema as JSON Schema', () => {
    const require = createRequire(join(home(), 'consumer.js'));
    expect(require('arke-tiff/callback-payload.schema.json')).toMatchObject({
      oneOf: [
        { properties: { status: { const: 'success' } } },
        { properties: { status: { const: 'error' } } },
      ],
    });
  });
});

describe('the package', () => {
  it('holds the program and nothing of its workshop', async () => {
    const { stdout } = await execa({ cwd: project })`npm pack --dry-run --json --ignore-scripts`;
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('bin/run.js');
    expect(paths).toContain('oclif.manifest.json');
    const folders = new Set(paths.map((path) => dirname(path).split('/')[0]));
    expect([...folders].sort()).toEqual(['.', 'bin', 'dist']);
    expect(
      paths.filter((path) => /demo|sample-(page|tiff)|\.map$|\.tsx?$(?<!\.d\.ts)/.test(path)),
    ).toEqual([]);
  });

  it('says in one line that an old Node.js will not do', async () => {
    const old = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })`;
    const { exitCode, stderr } = await execa(
      process.execPath,
      ['--import', old, join(inject('program'), 'bin/run.js'), '--version'],
      { reject: false },
    );
    expect(stderr).toMatch(/^arke-tiff needs Node\.js 22\.18 or newer; this is v.*$/);
    expect(exitCode).toBe(1);
  });
});
