import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { addressesOf, installWithMiniflare, startDevProgram } from '../../support/dev-program.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeOldJpeg } from '../../support/make-ojpeg.ts';
import { otherNode } from '../../support/other-node.ts';
import { sampledPage } from '../../support/packed-samples.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

const { engines } = createRequire(import.meta.url)(
  fileURLToPath(new URL('../../../package.json', import.meta.url)),
);
const oldest = engines.node.replace('>=', '');
const CALLBACK_SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;

/** Every command there is; `callback` alone only tells of those below it. */
const { commands } = createRequire(import.meta.url)(
  fileURLToPath(new URL('../../../oclif.manifest.json', import.meta.url)),
);
const COMMANDS = Object.keys(commands).filter((id) => id !== 'callback');

let folder: TestFolder;
let program: string;
beforeAll(async () => {
  folder = await makeFolder();
  program = await installWithMiniflare(folder);
  const pixels = { width: 32, height: 16, data: Buffer.alloc(32 * 16 * 3, 200) };
  const sampled = { width: 16, height: 16, samples: 1, value: (x: number) => x };
  await folder.write('plain.tif', await plainTiff());
  // For each decoder that is loaded later than the program is.
  await folder.write('old-jpeg.tif', await makeOldJpeg(pixels, { kind: 'interchange' }));
  await folder.write('seven-bits.tif', makeTiff(sampledPage({ ...sampled, bits: 7 })));
  const zstd = { ...sampled, bits: 8, compression: 'zstd' } as const;
  await folder.write('zstd.tif', makeTiff(sampledPage(zstd)));
});
afterAll(() => folder.remove());

/** Compiles each module of the package, and says which ones this Node.js cannot read. */
const PARSE = `
  const { globSync, readFileSync } = require('node:fs');
  const vm = require('node:vm');
  const files = globSync('{bin,dist}/**/*.js').map((file) => file.replaceAll('\\\\', '/'));
  const unread = files.flatMap((file) => {
    const code = readFileSync(file, 'utf8');
    try {
      if (file.startsWith('dist/bundle/')) vm.compileFunction(code);
      else new vm.SourceTextModule(code.replace(/^#!.*/, ''));
      return [];
    } catch (error) {
      return [file + ': ' + error.message];
    }
  });
  console.log(JSON.stringify({ bundles: files.filter((file) => file.includes('bundle')).length, unread }));`;

describe.each([
  ['the oldest that package.json promises', oldest],
  ['the newest', 'latest'],
])('on %s (%s)', (_, range) => {
  let node: string;
  beforeAll(async () => {
    const { path, version } = await otherNode(range);
    if (range === oldest) expect(version).toBe(`v${oldest}.0`);
    node = path;
  });

  it('each module of the package can be parsed', async () => {
    const flags = ['--no-warnings', '--experimental-vm-modules', '--eval', PARSE];
    const { stdout } = await execa(node, flags, { cwd: inject('program') });
    const { bundles, unread } = JSON.parse(stdout);
    expect(unread).toEqual([]);
    expect(bundles).toBeGreaterThan(5);
  });

  it('every command works with the bucket of dev', async () => {
    const cwd = await folder.make(range);
    const dev = startDevProgram(program, ['--port', '0', '--json'], cwd, { node });
    const { page, environment: env } = await addressesOf(dev);
    const seen = new Set(['dev']);
    const run = async (...args: string[]) => {
      const id = args[0] === 'callback' ? `callback:${args[1]}` : `${args[0]}`;
      seen.add(id);
      const { exitCode, stdout, stderr } = await runProgram(args, {
        cwd,
        env: { ...env, ...(id === 'run' ? {} : { CALLBACK_SECRET }) },
        node,
      });
      if (exitCode !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    const tiffs = ['plain', 'old-jpeg', 'seven-bits', 'zstd'].map((one) =>
      folder.path(`${one}.tif`),
    );
    const converted = ['--out-dir', 'jpegs', '--verify', '--report', 'report.html', '--json'];
    expect(JSON.parse(await run('convert', ...tiffs, ...converted))).toMatchObject({
      summary: { converted: 4, failed: 0 },
    });
    await run('verify', ...tiffs, '--out-dir', 'jpegs');
    await run('inspect', folder.path('seven-bits.tif'));
    await run('completion', 'bash');
    const prefix = 'staging/test/';
    await run('upload', 'jpegs/plain.jpg', '--key', `${prefix}other.jpg`);
    await run('run');
    expect(JSON.parse(await run('batch', prefix, '--json'))).toMatchObject({
      summary: { skipped: 1, failed: 0 },
    });
    await run('download', `${prefix}image.jpg`);
    await run('callback', 'replay', `r2://${prefix}image.jpg`);
    const lost = [
      '--task-id',
      't',
      '--batch-id',
      'b',
      '--error',
      'x',
      '--url',
      'http://127.0.0.1/',
    ];
    await writeFile(join(cwd, 'request'), await run('callback', 'send', ...lost, '--dry-run'));
    await run('callback', 'verify', 'request');
    await run('callback', 'pending', '--outbox-prefix', 'outbox');
    expect([...seen].toSorted()).toEqual(COMMANDS);
    expect((await fetch(page)).status).toBe(200);
    dev.kill('SIGINT');
    expect((await dev).exitCode).toBe(130);
  });
});
