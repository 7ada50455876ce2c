import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { isBuiltin } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { bytesInImage, packagesNeeded } from '../../support/image-size.ts';
import { plainTiff } from '../../support/pictures.ts';
import { startProgram } from '../../support/program.ts';

/** What keeps starts fast, as numbers that no slow machine changes (docs/performance.md). */
const LIMITS = {
  // Of all commands; what a task itself has to read is bounded by the next two.
  bundleBytes: 1_493_000,
  bytesBeforeFirstRequest: 580_000,
  filesBeforeFirstRequest: 12,
  filesOfChild: 4,
  // What Node has compiled is about as large as what it was compiled from.
  compiledBytes: 1_000_000,
  imageBytes: 25_000_000,
  imageBytesWithMagick: 60_000_000,
} as const;

const project = fileURLToPath(new URL('../../..', import.meta.url));
const bundle = () => join(inject('program'), 'dist/bundle');

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/**
 * A module that writes the name of each module that is loaded after it to a list: files, and Node's
 * own.
 */
async function makeWitness(list: string): Promise<string> {
  const code = `
    const { registerHooks } = require('node:module');
    const { appendFileSync } = require('node:fs');
    registerHooks({
      load(url, context, next) {
        appendFileSync(${JSON.stringify(list)}, url + '\\n');
        return next(url, context);
      },
    });`;
  return folder.write(`${list.split('/').at(-1)}.cjs`, code);
}

const modulesOf = (list: string) => readFileSync(list, 'utf8').trim().split('\n');
const filesOf = (list: string) => modulesOf(list).filter((url) => url.startsWith('file:'));

/** A task whose TIFF is missing, with an orchestrator that wants to know of no task. */
async function runTask(options: string, onRequest = () => {}): Promise<void> {
  const server = createServer((_, response) => {
    onRequest();
    response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    TASK_ID: 't',
    BATCH_ID: 'b',
    INPUT_R2_KEY: 'temp/b/a.tif',
    R2_ACCOUNT_ID: 'a',
    R2_ACCESS_KEY_ID: 'k',
    R2_SECRET_ACCESS_KEY: 's',
    R2_BUCKET: 'b',
    R2_ENDPOINT: url,
    CALLBACK_URL: url,
    TASK_TIMEOUT_MS: '3000',
    NODE_OPTIONS: options,
  };
  await startProgram(['run'], { env });
  server.close();
}

describe('the worker', () => {
  it('loads a few files of its own before its first request, and no package', async () => {
    const list = folder.path('parent');
    const witness = await makeWitness(list);
    let loaded: string[] | undefined;
    await runTask(`--require ${witness}`, () => {
      loaded ??= filesOf(list);
    });
    expect(
      loaded?.filter((file) => !/arke-tiff\/(bin|dist\/bundle)\/[\w-]+\.js$/.test(file)),
    ).toEqual([]);
    expect(loaded?.filter((file) => /child|commands|start\.js|base-command/.test(file))).toEqual(
      [],
    );
    expect(loaded?.length).toBeLessThanOrEqual(LIMITS.filesBeforeFirstRequest);
    const bytes = loaded?.map((file) => statSync(fileURLToPath(file)).size) ?? [];
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(
      LIMITS.bytesBeforeFirstRequest,
    );
  });

  it('does not load the slow parts of Node.js: fetch and the performance hooks', async () => {
    const list = folder.path('builtin');
    const code = `
      const { writeFileSync } = require('node:fs');
      const write = () => writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n'));
      process.on('exit', write);`;
    await runTask(`--require ${await folder.write('builtin.cjs', code)}`);
    const loaded = modulesOf(list);
    expect(loaded).toContain('NativeModule https');
    expect(loaded.filter((name) => / (internal\/deps\/undici|perf_hooks)/.test(name))).toEqual([]);
  });

  it('starts no conversion process for a missing TIFF', async () => {
    const list = folder.path('forks');
    const code = `
      const { appendFileSync } = require('node:fs');
      const { spawn } = require('node:child_process').ChildProcess.prototype;
      require('node:child_process').ChildProcess.prototype.spawn = function (options) {
        appendFileSync(${JSON.stringify(list)}, options.file);
        return spawn.call(this, options);
      };`;
    await runTask(`--require ${await folder.write('forks.cjs', code)}`);
    expect(existsSync(list)).toBe(false);
  });
});

describe('a command without oclif', () => {
  /** What a command line loads, and the order of files and conversion processes. */
  async function loadedBy(...args: string[]): Promise<string[]> {
    const list = folder.path(`command-${args[0]}`);
    const witness = await makeWitness(list);
    const code = `
      const { appendFileSync } = require('node:fs');
      const { spawn } = require('node:child_process').ChildProcess.prototype;
      require('node:child_process').ChildProcess.prototype.spawn = function (options) {
        appendFileSync(${JSON.stringify(list)}, 'process:' + options.file + '\\n');
        return spawn.call(this, options);
      };`;
    const spawns = await folder.write('spawns.cjs', code);
    const env = { NODE_OPTIONS: `--require ${spawns} --require ${witness}` };
    const { exitCode } = await startProgram(args, { env });
    expect(exitCode).toBe(0);
    return modulesOf(list).filter((url) => /^(file|process):/.test(url));
  }

  it('loads a few files of its own for --version, and no package', async () => {
    const loaded = await loadedBy('--version');
    expect(loaded.filter((url) => packageOf(url) !== 'arke-tiff')).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(10);
  });

  it('starts the conversion process before it loads most of itself', async () => {
    const tiff = await folder.write('a.tif', await plainTiff());
    const loaded = await loadedBy('convert', tiff, '--force');
    expect(loaded.filter((url) => url.includes('@oclif'))).toEqual([]);
    expect(loaded.filter((url) => url.startsWith('process:'))).toHaveLength(1);
    const started = loaded.findIndex((url) => url.startsWith('process:'));
    const engine = loaded.findIndex((url) => url.includes('run-convert'));
    expect(started).toBeGreaterThan(-1);
    expect(engine).toBeGreaterThan(started);
  });
});

describe('the conversion process', () => {
  let list: string;
  beforeAll(async () => {
    list = folder.path('child');
    const witness = await makeWitness(list);
    const child = fork(join(bundle(), 'child.js'), { env: {}, execArgv: ['--require', witness] });
    const [message] = await once(child, 'message');
    child.kill('SIGKILL');
    expect(message).toMatchObject({ kind: 'ready' });
  });

  it('loads one file of ours, and sharp’s native package', () => {
    const loaded = filesOf(list);
    const packages = new Set(loaded.map(packageOf));
    expect(loaded.filter((file) => packageOf(file) === 'arke-tiff')).toEqual([
      expect.stringMatching(/\/dist\/bundle\/child\.js$/),
    ]);
    const known = /^(arke-tiff|@img\/sharp-[\w-]+)$/;
    expect([...packages].filter((name) => !known.test(name))).toEqual([]);
    expect(loaded.length).toBeLessThanOrEqual(LIMITS.filesOfChild);
  });

  it('loads no part of Node.js that few conversions need', () => {
    const late = /^node:(crypto|worker_threads|http|https|tls|dns|zlib)$/;
    const loaded = modulesOf(list);
    expect(loaded).toContain('node:fs');
    expect(loaded.filter((url) => late.test(url))).toEqual([]);
  });
});

describe('the bundle', () => {
  const built = join(project, 'dist/bundle');
  /** What a file of it was made from. */
  const sourcesOf = (name: string): string[] =>
    JSON.parse(readFileSync(join(built, `${name}.map`), 'utf8')).sources;

  it('stays within its limits of bytes', () => {
    const files = readdirSync(bundle()).filter((name) => name.endsWith('.js'));
    const bytes = files.reduce((sum, name) => sum + statSync(join(bundle(), name)).size, 0);
    expect(bytes).toBeLessThan(LIMITS.bundleBytes);
  });

  it('imports only packages that cannot be bundled', () => {
    const asked = new Set<string>();
    for (const name of readdirSync(bundle()).filter((name) => name.endsWith('.js')))
      for (const [, id = ''] of readFileSync(join(bundle(), name), 'utf8').matchAll(
        /\b(?:require|import)\("([^"./][^"]*)"\)/g,
      ))
        if (!isBuiltin(id)) asked.add(id);
    // For who compiles sharp; nobody does.
    const never = ['@img/sharp-libvips-dev/cplusplus', '@img/sharp-libvips-dev/include'];
    const known = ['@imagemagick/magick-wasm', '@oclif/core'];
    expect([...asked].sort()).toEqual([...known, ...never].sort());
  });

  it.each([
    ['child.js', 'no packages but sharp’s', ['detect-libc', 'sharp']],
    ['thread.js', 'no package', []],
  ])('contains, in the %s of the conversion, %s', (name, _, packages) => {
    const held = new Set(
      sourcesOf(name)
        .filter((source) => source.includes('node_modules'))
        .map(packageOf),
    );
    expect([...held].sort()).toEqual(packages);
  });

  it('keeps the conversion process’s code out of the parent’s files', () => {
    const parents = readdirSync(built).filter(
      (name) => name.endsWith('.js') && !['child.js', 'thread.js'].includes(name),
    );
    const decoding = parents
      .filter((name) => existsSync(join(built, `${name}.map`)))
      .flatMap(sourcesOf)
      .filter((source) => /convert\/(render|fallback)\//.test(source));
    expect(decoding).toEqual([]);
  });

  it('lists the licence of each package that it contains', () => {
    const text = readFileSync(join(bundle(), 'THIRD-PARTY'), 'utf8');
    const sections = text.split(/^## /m).slice(1);
    const held = new Set(
      readdirSync(built)
        .filter((name) => name.endsWith('.js.map'))
        .flatMap((name) => sourcesOf(name.replace(/\.map$/, '')))
        .flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
    );
    expect(held).toContain('sharp');
    for (const name of held) expect(text).toContain(`## ${name} `);
    expect(sections.filter((section) => section.trim().split('\n').length < 3)).toEqual([]);
  });
});

describe('the image', () => {
  it('installs no package that the bundle contains', () => {
    const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    const bundled = Object.keys(dependencies).filter(
      (name) => !/^@oclif\/|^sharp$|^@imagemagick\//.test(name),
    );
    const [, left = ''] =
      /npm uninstall [^\\]*\\\n\s+(.*)\n/.exec(readFileSync(join(project, 'Dockerfile'), 'utf8')) ??
      [];
    expect(left.split(' ').sort()).toEqual(bundled.sort());
  });

  it('adds little to its base', () => {
    const magick = '@imagemagick/magick-wasm';
    const oclif = ['core', 'plugin-help'];
    const names = ['sharp', ...oclif.map((name) => `@oclif/${name}`)];
    const bytesOf = (packages: readonly string[]) =>
      [bundle(), ...packagesNeeded(packages, inject('program'))].reduce(
        (sum: number, folder) => sum + bytesInImage(folder),
        LIMITS.compiledBytes,
      );
    expect(bytesOf(names)).toBeLessThan(LIMITS.imageBytes);
    expect(bytesOf([...names, magick])).toBeLessThan(LIMITS.imageBytesWithMagick);
  });
});

function packageOf(file: string): string {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;
}
