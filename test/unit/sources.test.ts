import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { useFolder } from '../support/use-folder.ts';

const program = fileURLToPath(new URL('../../.ci/lint/sources.mjs', import.meta.url));
const LONG = 'word '.repeat(20).trim();
const folder = useFolder();
let projects = 0;

/** What lint says of a project with these files. */
async function check(files: Readonly<Record<string, string>>) {
  const project = await folder.make(`${++projects}`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), `${text}\n`);
  }
  const { stderr, exitCode } = await execa(process.execPath, [program, project], {
    reject: false,
  });
  return { lines: stderr === '' ? [] : stderr.split('\n'), exitCode };
}

describe('a name that two files declare', () => {
  it('is a failure of lint, whatever has the name', async () => {
    const { lines, exitCode } = await check({
      'src/lib/a.ts': 'export type A = 1;\nexport class B {}\nexport const c = 1;',
      'src/lib/b.ts': 'export interface A {}\nexport function B() {}\nexport const d = 1, c = 2;',
    });
    expect(lines).toEqual(
      ['A', 'B', 'c'].map(
        (name) => `src/lib/b.ts: declares ${name}, as src/lib/a.ts does: one name, one thing`,
      ),
    );
    expect(exitCode).toBe(1);
  });

  it('is a failure of lint where a type is private, too', async () => {
    const { lines, exitCode } = await check({
      'src/lib/a.ts': 'export type A = 1;\ninterface B {}\nclass C {}',
      'src/lib/b.ts': 'type A = 1;\ntype B = 1;\ninterface C {}',
    });
    expect(lines).toEqual(
      ['A', 'B', 'C'].map(
        (name) => `src/lib/b.ts: declares ${name}, as src/lib/a.ts does: one name, one thing`,
      ),
    );
    expect(exitCode).toBe(1);
  });

  it('is allowed for private functions, defaults, re-exports, and functions for users of the package', async () => {
    const { lines, exitCode } = await check({
      'src/lib/a.ts': 'export interface A {}\nexport function b() {}',
      'src/lib/private.ts': 'function b() {}\nconst A = 1;',
      'src/lib/default.ts': 'export default class A {}',
      'src/lib/passed.ts': `export { type A, b } from './a.ts';`,
      'src/lib/api/b.ts': 'export function b() {}',
    });
    expect({ lines, exitCode }).toEqual({ lines: [], exitCode: 0 });
  });
});

describe('a comment of more than 100 columns', () => {
  it('is a failure of lint', async () => {
    const { lines, exitCode } = await check({
      'bench/a.ts': [`/** ${LONG} */`, `/**\n * ${LONG}\n */`, `  // ${LONG}`].join('\n'),
    });
    expect(lines).toEqual(
      [
        [1, 106],
        [3, 102],
        [5, 104],
      ].map(
        ([line, columns]) => `bench/a.ts:${line}: a comment of ${columns} columns; wrap it at 100`,
      ),
    );
    expect(exitCode).toBe(1);
  });

  it('is allowed with a URL or an example, and as a directive', async () => {
    const { lines, exitCode } = await check({
      'bench/a.ts': [
        `/** https://example.com/${'a'.repeat(90)} */`,
        `// biome-ignore lint/plugin: ${LONG}`,
        `/**\n * \`\`\`ts\n * ${LONG}\n * \`\`\`\n */`,
      ].join('\n'),
    });
    expect({ lines, exitCode }).toEqual({ lines: [], exitCode: 0 });
  });
});

describe('a file of more than 350 lines, or a test of more than 550', () => {
  it('is a failure of lint, comments included', async () => {
    const { lines, exitCode } = await check({
      'src/lib/a.ts': `${'// x\n'.repeat(350)}void 0;`,
      'src/lib/b.ts': `${'// x\n'.repeat(349)}void 0;`,
      'test/a.test.ts': `${'void 0;\n'.repeat(550)}void 0;`,
      'test/b.test.ts': 'void 0;\n'.repeat(550),
    });
    expect(lines.sort()).toEqual([
      'src/lib/a.ts: has 351 lines; the limit is 350',
      'test/a.test.ts: has 551 lines; the limit is 550',
    ]);
    expect(exitCode).toBe(1);
  });
});
