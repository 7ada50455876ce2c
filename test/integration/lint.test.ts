import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../support/folder.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** A small house with one thing wrong in each file: which rule must see which. */
const wrongs: Record<string, { rule: string; code: string }> = {
  'src/lib/task/a.ts': { rule: 'no-cycles', code: `import './b.ts';` },
  'src/lib/task/c.ts': { rule: 'lib-knows-no-command-line', code: `import '@oclif/core';` },
  'src/lib/task/d.ts': { rule: 'lib-knows-no-command-line', code: `import '../../cli/flags.ts';` },
  'src/cli/e.ts': { rule: 'commands-are-used-by-nobody', code: `import '../commands/run.ts';` },
  'src/lib/leaf.ts': { rule: 'leaves-know-only-leaves', code: `import './task/b.ts';` },
  'src/lib/task/f.ts': { rule: 'index-is-for-users-of-the-package', code: `import '../index.ts';` },
  'src/lib/storage/g.ts': {
    rule: 'storage-knows-no-other-stage',
    code: `import '../convert/x.ts';`,
  },
  'src/lib/convert/h.ts': {
    rule: 'convert-knows-no-other-stage',
    code: `import '../callback/x.ts';`,
  },
  'src/lib/convert/u.ts': { rule: 'rendering-is-for-the-child', code: `import './render/x.ts';` },
  'src/lib/convert/w.ts': { rule: 'decoders-are-for-rendering', code: `import './fallback/x.ts';` },
  'src/lib/convert/fallback/y.ts': {
    rule: 'decoders-know-no-sharp',
    code: `import '../render/x.ts';`,
  },
  'src/lib/convert/z.ts': {
    rule: 'magick-has-one-owner',
    code: `import '@imagemagick/magick-wasm';`,
  },
  'src/lib/convert/plan/v.ts': {
    rule: 'plans-know-no-process',
    code: `import '../process/x.ts';`,
  },
  'src/lib/callback/i.ts': {
    rule: 'callback-knows-no-other-stage',
    code: `import '../task/b.ts';`,
  },
  'src/lib/collection/aa.ts': {
    rule: 'collections-know-only-conversion',
    code: `import '../storage/x.ts';`,
  },
  'src/lib/collection/bb.ts': {
    rule: 'collections-know-only-conversion',
    code: `import '../outputs/bucket/x.ts';`,
  },
  'src/lib/outputs/ii.ts': {
    rule: 'outputs-serve-those-who-run',
    code: `import '../collection/x.ts';`,
  },
  'src/lib/outputs/jj.ts': {
    rule: 'pages-are-made-without-storage',
    code: `import './bucket/x.ts';`,
  },
  'src/lib/batch/dd.ts': { rule: 'batches-are-no-tasks', code: `import '../task/b.ts';` },
  'src/lib/collection/ee.ts': {
    rule: 'batches-are-used-by-commands',
    code: `import '../batch/x.ts';`,
  },
  'src/lib/collection/gg.ts': {
    rule: 'reconciling-is-used-by-commands',
    code: `import '../reconcile/x.ts';`,
  },
  'src/lib/reconcile/hh.ts': {
    rule: 'reconciling-converts-nothing',
    code: `import '../convert/x.ts';`,
  },
  'src/lib/convert/bb.ts': {
    rule: 'convert-knows-no-other-stage',
    code: `import '../collection/x.ts';`,
  },
  'src/cli/cc.ts': { rule: 'patterns-have-one-owner', code: `import 'picomatch';` },
  'src/lib/report/aa.ts': {
    rule: 'reports-know-records-only',
    code: `import '../storage/x.ts';`,
  },
  'src/lib/report/page/bb.ts': {
    rule: 'pages-are-for-browsers',
    code: `import '../../errors.ts';`,
  },
  'src/dev/page/dd.ts': {
    rule: 'pages-are-for-browsers',
    code: `import '../../lib/errors.ts';`,
  },
  'src/lib/browser/ee.ts': {
    rule: 'pages-are-for-browsers',
    code: `import '../../dev/page/dd.ts';`,
  },
  'src/cli/ff.ts': {
    rule: 'pages-are-used-by-nobody',
    code: `import '../dev/page/dd.ts';`,
  },
  'src/commands/j.ts': { rule: 'sandbox-stands-apart', code: `import '../dev/sandbox/x.ts';` },
  'src/cli/dd.ts': {
    rule: 'dev-is-known-by-its-command',
    code: `await import('../dev/x.ts');`,
  },
  'src/dev/ee.ts': {
    rule: 'dev-runs-tasks-as-programs',
    code: `import '../lib/task/b.ts';`,
  },
  'src/dev/sandbox/k.ts': {
    rule: 'sandbox-knows-only-leaves',
    code: `import '../../lib/storage/x.ts';`,
  },
  'src/dev/sandbox/l.ts': { rule: 'sandbox-knows-only-leaves', code: `import '../x.ts';` },
  'src/cli/gg.ts': {
    rule: 'tools-are-used-by-nobody',
    code: `import '../../bench/table.ts';`,
  },
  'bench/a.ts': { rule: 'no-cycles', code: `import './b.ts';` },
  'src/lib/task/l.ts': { rule: 'sharp-has-one-owner', code: `import 'sharp';` },
  'src/lib/task/m.ts': { rule: 'sharp-has-one-owner', code: `await import('sharp');` },
  'src/lib/convert/n.ts': { rule: 'sdk-has-one-owner', code: `import '@aws-sdk/client-s3';` },
  'src/cli/o.ts': { rule: 'colours-have-one-owner', code: `import 'chalk';` },
  'src/cli/p.ts': { rule: 'colours-have-one-owner', code: `import 'ora';` },
  'src/cli/x.ts': { rule: 'widths-have-one-owner', code: `import 'string-width';` },
  'src/lib/storage/q.ts': { rule: 'webhooks-have-one-owner', code: `import 'standardwebhooks';` },
  'src/lib/storage/r.ts': { rule: 'miniflare-has-one-owner', code: `import 'miniflare';` },
  'src/lib/task/z.ts': { rule: 'api-is-for-index', code: `import '../api/x.ts';` },
  'src/lib/storage/s.ts': { rule: 'nothing-missing', code: `import 'no-such-package';` },
  'src/lib/storage/t.ts': { rule: 'no-dev-dependency-at-run-time', code: `import 'execa';` },
};

const rightOnes = [
  ...[
    'src/lib/errors.ts',
    'src/lib/task/b.ts',
    'src/lib/index.ts',
    'src/cli/flags.ts',
    'src/commands/run.ts',
    'src/dev/x.ts',
    'src/dev/sandbox/x.ts',
    'bench/table.ts',
  ],
  ...[
    'api',
    'batch',
    'convert',
    'reconcile',
    'convert/render',
    'convert/process',
    'convert/fallback',
    'callback',
    'collection',
    'outputs',
    'outputs/bucket',
    'storage',
  ].map((stage) => `src/lib/${stage}/x.ts`),
];

let house: TestFolder;
beforeAll(async () => {
  house = await makeFolder();
  const write = async (path: string, code: string) => {
    await mkdir(dirname(house.path(path)), { recursive: true });
    await writeFile(house.path(path), `${code}\n`);
  };
  for (const path of rightOnes) await write(path, 'export {};');
  await write('src/lib/task/b.ts', `import './a.ts';`);
  await write('bench/b.ts', `import './a.ts';`);
  for (const [path, { code }] of Object.entries(wrongs)) await write(path, code);
  for (const name of ['.ci', 'biome.json', 'package.json', 'tsconfig.json', '.gitignore'])
    await cp(join(project, name), house.path(name), { recursive: true });
  await symlink(join(project, 'node_modules'), house.path('node_modules'));
});
afterAll(() => house.remove());

const tool = (name: string, ...args: string[]) =>
  execa(process.execPath, [join(project, 'node_modules', name), ...args], {
    cwd: house.root,
    reject: false,
  });

describe('the import rules', () => {
  it('each report their violation, and fail', async () => {
    const depcruise = 'dependency-cruiser/bin/dependency-cruiser.mjs';
    const { stdout, exitCode } = await tool(
      depcruise,
      '--config',
      '.ci/lint/walls.mjs',
      'src',
      'bench',
    );
    expect(exitCode).toBeGreaterThan(0);
    for (const [path, { rule }] of Object.entries(wrongs))
      expect(stdout).toContain(`error ${rule}: ${path}`);
  });

  it('are each tested here', async () => {
    const { default: walls } = (await import('../../.ci/lint/walls.mjs' as string)) as {
      default: { forbidden: { name: string }[] };
    };
    const tried = new Set(Object.values(wrongs).map(({ rule }) => rule));
    expect(walls.forbidden.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});

const BIOME = '@biomejs/biome/bin/biome';

describe('the process’s single owners', () => {
  it.each([
    ['process.exit', 'process.exit(1);', 'Nothing calls process.exit'],
    ['process.exit as a value', 'export const leave = process.exit;', 'Nothing calls process.exit'],
    ['process.exit by a global name', 'globalThis.process.exit(1);', 'Nothing calls process.exit'],
    ['process.exit by a name of its own', "process['exit'](1);", 'Nothing calls process.exit'],
    [
      'process.exit by both',
      "globalThis['process']['exit'].call(1);",
      'Nothing calls process.exit',
    ],
    ['process.exit by an optional name', 'process?.exit(1);', 'Nothing calls process.exit'],
    ['process.exit of an alias', 'const p = process;\np.exit(1);', 'Nothing calls process.exit'],
    ['process.exit of what is handed on', 'leave(process);', 'Nothing calls process.exit'],
    [
      'process.exit of what is put away',
      'export const own = { process };',
      'Nothing calls process.exit',
    ],
    [
      'process.exit of what is taken from globalThis',
      'const { process: own } = globalThis;\nown.exit(1);',
      'Nothing calls process.exit',
    ],
    ['process taken apart', 'const { exit } = process;\nexit(3);', 'Nothing calls process.exit'],
    [
      'process imported',
      "import { exit } from 'node:process';\nexit(3);",
      'The process has owners',
    ],
    ['a raw code for exit()', 'this.exit(3);', 'Exit codes have names'],
    ['a raw code for exitWith()', 'this.exitWith(3, {});', 'Exit codes have names'],
    ['process.abort', 'process.abort();', 'Nothing calls process.exit'],
    ['raw exit codes', 'process.exitCode = 3;', 'Exit codes have names'],
    ['raw exit codes where there is none', 'process.exitCode ??= 1;', 'Exit codes have names'],
    ['process.env', 'export const home = process.env["HOME"];', 'noProcessEnv'],
    ['console', 'console.log("x");', 'noConsole'],
  ])('are enforced by lint: %s', async (_, code, diagnosis) => {
    await writeFile(house.path('src/lib/process.ts'), `${code}\n`);
    const lint = await tool(BIOME, 'lint', 'src/lib/process.ts');
    expect(lint.exitCode).toBeGreaterThan(0);
    expect(lint.stdout + lint.stderr).toContain(diagnosis);
  });

  it('may not stop others from using the rest of process', async () => {
    const code = `process.on('exit', () => process.stdout.write(process.version));\n`;
    await writeFile(house.path('src/lib/process.ts'), code);
    expect((await tool(BIOME, 'lint', 'src/lib/process.ts')).exitCode).toBe(0);
  });
});

describe('an object', () => {
  const lint = async (code: string) => {
    await writeFile(house.path('src/lib/object.ts'), `${code}\n`);
    return tool(BIOME, 'lint', 'src/lib/object.ts');
  };

  it('is not written with a spread literal', async () => {
    const { exitCode, stdout, stderr } = await lint(
      'export const o = { ...{ a: 1, b: 2 }, c: 3 };',
    );
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout + stderr).toContain('Write the properties themselves');
  });

  it('may have spreads of conditions and of names', async () => {
    const code = 'export const make = (o: object, p?: 1) => ({ ...o, ...(p ? { p } : {}) });';
    expect((await lint(code)).exitCode).toBe(0);
  });
});
