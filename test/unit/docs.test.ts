import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Variable, variables } from '../../src/lib/task/environment.ts';
import { makeFolder, type TestFolder } from '../support/folder.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(project, path), 'utf8');

describe('what is generated and committed', () => {
  let fresh: TestFolder;
  beforeAll(async () => {
    fresh = await makeFolder();
    await execa(process.execPath, [join(project, 'docs/generate.ts'), fresh.root]);
  });
  afterAll(() => fresh.remove());

  it.each([
    'docs/commands.md',
    'docs/json.md',
    'docs/library.md',
    'oclif.manifest.json',
    'docs/reliability.md',
  ])('is not stale: %s', (path) => {
    expect(read(path), 'Run "npm run docs" and commit the result.').toBe(
      readFileSync(fresh.path(path), 'utf8'),
    );
  });
});

describe('the README', () => {
  it('names every environment variable of run, with its default and meaning', () => {
    const readme = read('README.md');
    for (const { name, meaning, fallback } of variables as readonly Variable[])
      expect(readme).toContain(`| \`${name}\` | ${fallback ?? 'required'} | ${meaning} |`);
  });

  it('names the variables that are not ours, but heeded', () => {
    for (const name of ['TMPDIR', 'NO_COLOR', 'DEBUG'])
      expect(read('README.md')).toContain(`\`${name}\` (`);
  });
});

describe('the pages', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(project, 'docs')).map((n) => `docs/${n}`),
  ];

  it.each(pages.filter((page) => page.endsWith('.md')))(
    'name no file that is not there: %s',
    (page) => {
      const named = [
        ...read(page).matchAll(/\b((?:src|test|bench|docs|bin)\/[\w./-]*\.(?:ts|js|md|json))\b/g),
      ];
      const missing = named
        .map(([, path = '']) => path)
        .filter((path) => !existsSync(join(project, path)));
      expect(missing).toEqual([]);
    },
  );

  it.each(pages.filter((page) => page.endsWith('.md')))(
    'link to nothing that is not there: %s',
    (page) => {
      const targets = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
        ([, to]) => to ?? '',
      );
      const missing = targets.filter((to) => !existsSync(join(project, dirname(page), to)));
      expect(missing).toEqual([]);
    },
  );
});
