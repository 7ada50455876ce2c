import { readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { execa } from 'execa';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { readLibraryPage } from '../../support/library-page.ts';
import { makeOldJpeg } from '../../support/make-ojpeg.ts';
import { otherNode } from '../../support/other-node.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const page = { width: 16, height: 8, samplesPerPixel: 3, photometric: 2 };
const tiff = makeTiff({ ...page, data: Buffer.alloc(384) });

/** A fresh project of somebody else's, with what `npm install` of the packed package gave it. */
let home: TestFolder;
beforeEach(async () => {
  home = await makeFolder();
  await home.write('package.json', '{ "type": "module" }');
  await symlink(join(inject('program'), '..'), home.path('node_modules'));
  await home.write('a.tif', tiff);
  return () => home.remove();
});

/** Runs a module of the project, which prints JSON. */
async function run(code: string, node = process.execPath): Promise<unknown> {
  const module = await home.write('main.js', code);
  const { stdout } = await execa(node, [module], { cwd: home.root });
  return JSON.parse(stdout);
}

describe('the package as a library', () => {
  it('exports what its page documents, and nothing else', async () => {
    const { values } = await readLibraryPage();
    const code = `import * as all from 'arke-tiff'; console.log(JSON.stringify(Object.keys(all)));`;
    expect(await run(code)).toEqual([...values].sort());
  });

  it('converts a TIFF and validates a payload', async () => {
    const code = `
      import { convertTiff, payloadProblems } from 'arke-tiff';
      const { width, height, bytes } = await convertTiff('a.tif', 'a.jpg');
      console.log(JSON.stringify([width, height, bytes, payloadProblems({ status: 'error' }).length]));`;
    const found = await run(code);
    const { length } = await readFile(home.path('a.jpg'));
    expect(found).toEqual([16, 8, length, 3]);
  });

  it('contains the decoders that run in a thread: for old-style JPEG, and for samples of 12 bits', async () => {
    const pixels = { width: 32, height: 16, data: Buffer.alloc(32 * 16 * 3, 200) };
    await home.write('old.tif', await makeOldJpeg(pixels, { kind: 'interchange' }));
    const deep = { width: 32, height: 16, samplesPerPixel: 1, photometric: 1, bitsPerSample: 12 };
    await home.write('twelve.tif', makeTiff({ ...deep, data: Buffer.alloc(32 * 16 * 1.5) }));
    const code = `
      import { convertTiff } from 'arke-tiff';
      const readers = [];
      for (const path of ['old.tif', 'twelve.tif'])
        readers.push((await convertTiff(path, path.replace('.tif', '.jpg'))).reader);
      console.log(JSON.stringify(readers));`;
    expect(await run(code)).toEqual(['magick', 'samples']);
  });

  it('holds the callback’s schema as JSON Schema', () => {
    const require = createRequire(home.path('main.js'));
    expect(require('arke-tiff/callback-payload.schema.json')).toMatchObject({
      oneOf: [
        { properties: { status: { const: 'success' } } },
        { properties: { status: { const: 'error' } } },
      ],
    });
  });
});

describe('a strict TypeScript project', () => {
  /** What the compiler complains of in files of the project; libraries are checked, too. */
  async function complaints(files: readonly string[], flags: readonly string[]) {
    const tsc = join(project, 'node_modules/typescript/bin/tsc');
    const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', ...flags];
    const { stdout } = await execa(process.execPath, [tsc, ...strict, ...files], {
      cwd: home.root,
      reject: false,
    });
    return stdout;
  }

  /** A module that imports every documented export. */
  async function usesOfAll(): Promise<string> {
    const { values, types } = await readLibraryPage();
    expect(types).toContain('ErrorCode');
    const uses = `
      import { ${values.join(', ')} } from 'arke-tiff';
      import type { ${types.join(', ')} } from 'arke-tiff';
      export const values = [${values.join(', ')}];
      export type Types = [${types.join(', ')}];
      // @ts-expect-error: the quality is a number
      convertTiff('a.tif', 'a.jpg', { quality: 'high' });
      // @ts-expect-error: there is no such code
      export const isOdd = (error: ArkeError) => error.code === 'ODD';`;
    return home.write('uses.ts', uses);
  }

  it('imports every documented export, without types of Node.js', async () => {
    expect(await complaints([await usesOfAll()], ['--module', 'nodenext'])).toBe('');
  });

  it('imports them with types of Node.js alone, for a bundler, and compiles every example of the page', async () => {
    const { examples } = await readLibraryPage();
    expect(examples.length).toBeGreaterThan(5);
    const files = examples.map((code, index) => home.write(`example-${index}.ts`, code));
    const types = ['--types', 'node', '--typeRoots', join(project, 'node_modules/@types')];
    const modules = ['--module', 'esnext', '--moduleResolution', 'bundler'];
    const flags = [...modules, ...types, '--target', 'es2022', '--lib', 'es2022'];
    const all = await Promise.all([usesOfAll(), ...files]);
    expect(await complaints(all, [...flags, '--exactOptionalPropertyTypes'])).toBe('');
  });
});

describe('on an outdated Node.js', () => {
  it.each(['18', '20', 'the last one below engines'])(
    '%s, it says so in one sentence',
    async (which) => {
      const { engines } = createRequire(import.meta.url)(join(project, 'package.json'));
      const least = engines.node.replace('>=', '');
      const { path, version } = await otherNode(/^\d+$/.test(which) ? which : `<${least}`);
      const says = `arke-tiff needs Node.js ${least} or newer; this is ${version}. Install a newer Node.js.`;
      const code = `
      const { name, message } = await import('arke-tiff').catch((error) => error);
      console.log(JSON.stringify({ name, message }));`;
      expect(await run(code, path)).toEqual({ name: 'Error', message: says });
      const program = [join(inject('program'), 'bin/run.js'), '--version'];
      const { exitCode, stdout, stderr } = await execa(path, program, { reject: false });
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 1, stdout: '', stderr: says });
    },
  );
});

describe('bundled by esbuild', () => {
  const code = `
    import { convertCollection, convertTiff, inspectFile, payloadProblems, runTask } from 'arke-tiff';
    const codeOf = (promise) => promise.then(() => 'done', ({ code, message }) => [code, message]);
    (async () => {
      const { pages } = await inspectFile('a.tif');
      const converted = await codeOf(convertTiff('a.tif', 'a.jpg'));
      const collection = await codeOf((async () => { for await (const event of convertCollection(['a.tif'])); })());
      const task = await codeOf(runTask({}));
      console.log(JSON.stringify({ pages, problems: payloadProblems({}).length, converted, collection, task }));
    })();`;
  const formats: Record<string, BuildOptions> = {
    'as it does by default': {},
    'as ES modules': { format: 'esm' },
  };

  async function bundle(options: BuildOptions): Promise<unknown> {
    const entry = await home.write('entry.js', code);
    // In a folder of its own: what a bundle needs must not be found by chance.
    const outfile = join(
      await home.make('bundle'),
      options.format === 'esm' ? 'out.mjs' : 'out.cjs',
    );
    const rest = { bundle: true, platform: 'node', logLevel: 'silent' } as const;
    const { warnings } = await build({ entryPoints: [entry], outfile, ...rest, ...options });
    expect(warnings).toEqual([]);
    const { stdout } = await execa(process.execPath, [outfile], { cwd: home.root });
    return JSON.parse(stdout);
  }

  it.each(Object.entries(formats))(
    '%s, it says which package must stay external',
    async (_, options) => {
      const says = [
        'BUNDLED',
        expect.stringContaining(
          'Keep the package "arke-tiff" external (esbuild: --external:arke-tiff)',
        ),
      ];
      expect(await bundle(options)).toEqual({
        pages: 1,
        problems: 1,
        converted: says,
        collection: says,
        task: says,
      });
      expect(await readdir(home.root)).not.toContain('a.jpg');
    },
  );

  it.each(Object.entries(formats))(
    '%s, it works when the package stays external',
    async (_, options) => {
      expect(await bundle({ ...options, external: ['arke-tiff'] })).toEqual({
        pages: 1,
        problems: 1,
        converted: 'done',
        collection: 'done',
        task: 'done',
      });
    },
  );

  it('needs nothing of Node.js to validate callbacks only', async () => {
    const contents = `
      import { callbackPayloadSchema } from 'arke-tiff';
      export const validate = callbackPayloadSchema['~standard'].validate;`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: home.root },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    });
    expect(outputFiles[0]?.text).not.toMatch(/node:|sharp/);
  });
});
