import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../support/folder.ts';

const program = fileURLToPath(new URL('../../.ci/lint/references.mjs', import.meta.url));

let house: TestFolder;
beforeAll(async () => {
  house = await makeFolder();
});
afterAll(() => house.remove());

const write = async (path: string, text: string) => {
  await mkdir(dirname(house.path(path)), { recursive: true });
  await writeFile(house.path(path), text);
};
const check = () => execa(process.execPath, [program, house.root], { reject: false });

describe('a reference that leads nowhere is a failure of lint', () => {
  beforeAll(async () => {
    await write('docs/rules.md', '# Rules\n\n## What `run` keeps\n\n## Twice\n\n## Twice\n');
    await write(
      'README.md',
      '# House\n\n## Local testing\n\n[rules](docs/rules.md#what-run-keeps)\n',
    );
    await write(
      'src/lib/right.ts',
      '/** See docs/rules.md, "What `run`\n * keeps"; `lib/right.ts`. */\n',
    );
    await write(
      'docs/right.md',
      'README, "Local testing"; [rules](rules.md), "Twice"; [2](rules.md#twice-1)\n',
    );
  });

  it('and one that resolves is not', async () => {
    expect(await check()).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each([
    ['a page without its target', 'docs/a.md', '[x](gone.md)', 'links to docs/gone.md'],
    ['an anchor in another page', 'docs/a.md', '[x](rules.md#gone)', 'links to #gone'],
    ['an anchor in the page itself', 'docs/a.md', '# A\n\n[x](#b)', 'links to #b'],
    ['a numbered anchor', 'docs/a.md', '[x](rules.md#twice-2)', 'links to #twice-2'],
    ['a heading that a page names', 'docs/a.md', '[x](rules.md), "Gone"', '"Gone", which is not'],
    ['a heading of the README', 'docs/a.md', 'README, "Gone"', 'cites README.md, "Gone"'],
    ['a file that a page names', 'docs/a.md', '`src/lib/gone.ts`', 'names src/lib/gone.ts'],
    ['a file by the end of its path', 'src/a.ts', '/** See `lib/gone.ts`. */', 'names lib/gone.ts'],
    ['a page that a comment names', 'src/a.ts', '// See docs/gone.md.', 'names docs/gone.md'],
    ['a heading, over two lines', 'src/a.ts', '/**\n * docs/rules.md,\n * "Gone" */', '"Gone"'],
    ['a file that a rule names', '.ci/lint/a.grit', '"See src/gone.ts."', 'names src/gone.ts'],
    ['a design that nobody has', 'test/a.ts', '// as the design has it', 'cite a heading'],
    ['an issue by its number', 'build/a.ts', '/** (issue 3) */', 'says "issue 3"'],
    ['an issue by its name', 'bench/a.ts', '// of the issue "Fast"', 'says "the issue "'],
    ['the contract by its headings', 'src/a.ts', '// (contract:\n// "Dependencies")', 'cite docs/'],
    [
      'a folder of one machine',
      'docs/a.md',
      `see ${['', 'work', 'notes'].join('/')}`,
      'exists on no other machine',
    ],
  ])('%s', async (_, path, text, problem) => {
    await write(path, `${text}\n`);
    const { exitCode, stderr } = await check();
    await rm(house.path(path));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${path}:`);
    expect(stderr).toContain(problem);
    expect(stderr).toContain('1 references lead nowhere.');
  });

  it('except in examples in pages, and in what a program says', async () => {
    await write('docs/a.md', '```\n[x](gone.md)\n```\n');
    await write('src/a.ts', "export const path = 'docs/gone.md';\n");
    const { exitCode } = await check();
    for (const path of ['docs/a.md', 'src/a.ts']) await rm(join(house.root, path));
    expect(exitCode).toBe(0);
  });
});
