import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskIdOfKey } from '../../src/lib/callback/task-id.ts';
import { knownVariables } from '../../src/lib/task/environment.ts';
import { isRequired, variableText } from '../../src/lib/task/environment-text.ts';
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
    'docs/configuration.md',
    'docs/json.md',
    'docs/library.md',
    'oclif.manifest.json',
    'docs/reliability.md',
    'docs/dev.md',
  ])('is not stale: %s', (path) => {
    expect(read(path), 'Run "npm run docs" and commit the result.').toBe(
      readFileSync(fresh.path(path), 'utf8'),
    );
  });
});

describe('the README', () => {
  const wordsIn = (text: string) => text.split(/\s+/).filter(Boolean).length;
  /** The most words that each part may have, its heading and examples included. */
  const MOST_WORDS = {
    'arke-tiff': 80,
    'Try it': 120,
    Install: 60,
    'Everyday commands': 150,
    'The worker': 150,
    Configuration: 150,
    'Deploying to Fly': 120,
    'Local testing': 80,
    Library: 60,
    'When it fails': 80,
    Documentation: 60,
  };

  it('is read in five minutes, and no part of it takes more than its share', () => {
    const parts = read('README.md').split(/^(?=#{1,2} \w)/m);
    const words = parts.map((part) => [/^#+ (.+)/.exec(part)?.[1], wordsIn(part)] as const);
    expect(words.map(([heading]) => heading)).toEqual(Object.keys(MOST_WORDS));
    const most: Readonly<Record<string, number>> = MOST_WORDS;
    expect(words.filter(([heading = '', count]) => count > (most[heading] ?? 0))).toEqual([]);
  });

  it('names every variable that the orchestrator must set', () => {
    for (const name of knownVariables.filter(isRequired))
      expect(read('README.md')).toContain(`| \`${name}\` | ${variableText(name).meaning} |`);
  });
});

describe('the request that starts a machine, in docs/image.md', () => {
  it('has the variables that a task needs, and no other', () => {
    const [, json = ''] = /```json\n(\{\n {2}"name".*?)```/s.exec(read('docs/image.md')) ?? [];
    const { name, config } = JSON.parse(json);
    expect(Object.keys(config.env).sort()).toEqual(knownVariables.filter(isRequired).sort());
    expect(config.env.TASK_ID).toBe(taskIdOfKey(config.env.INPUT_R2_KEY));
    expect(name).toBe(`tiff-${config.env.TASK_ID}`);
    expect(config.env.CALLBACK_URL).toMatch(`/callback/batch_abc/${config.env.TASK_ID}`);
  });
});

describe('docs/glossary.md', () => {
  const entries = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('**'));
  const terms = entries.map((entry) => /^\*\*(.+?)\*\*/.exec(entry)?.[1] ?? '');

  it('has each term once, in the order of the alphabet, in a line or two', () => {
    expect(terms).toEqual([...new Set(terms)].sort());
    for (const entry of entries) expect(entry.length, entry).toBeLessThanOrEqual(200);
  });

  it('has an entry for each term that another entry names', () => {
    const named = [...entries.join('\n').matchAll(/(?<!\*)\*([a-z ]+)\*(?!\*)/g)];
    const singular = (term = '') => (terms.includes(term) ? term : term.replace(/s$/, ''));
    for (const [, term] of named) expect(terms).toContain(singular(term));
  });

  it('names types as the code does', () => {
    const code = globSync('src/**/*.ts', { cwd: project }).map(read).join('\n');
    for (const [, type] of entries.join('\n').matchAll(/^\*\*.+\*\* \(`([A-Z]\w+)`\)/gm))
      expect(code).toMatch(new RegExp(`^export (?:interface|type) ${type}\\b`, 'm'));
  });
});

describe('the table of rooms in docs/architecture.md', () => {
  const table = read('docs/architecture.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const essays = table.flatMap((row) => /\| `(src\/[\w/-]+\.ts)` \|$/.exec(row)?.[1] ?? []);

  it('lists every room', () => {
    const rooms = [
      ...globSync('src/*/', { cwd: project }),
      ...globSync('src/lib/*/', { cwd: project }),
    ];
    const listed = table.map((row) => row.split(' | ')[0]).join(' ');
    for (const room of rooms.filter((path) => path !== 'src/lib'))
      expect(listed).toContain(`${room.replace('src/lib/', '')}/`);
  });

  it('names for each a file that opens with an essay of 10 to 40 lines', () => {
    expect(essays.length).toBeGreaterThan(20);
    for (const file of essays) {
      const [essay = ''] = /^\/\*\n[\s\S]*?\*\//.exec(read(file)) ?? [];
      const lines = essay.split('\n').length;
      expect(lines >= 10 && lines <= 40, `${file}: ${lines} lines`).toBe(true);
    }
  });
});

describe('test/support/README.md', () => {
  it('has each file of the folder once', () => {
    const rows = [...read('test/support/README.md').matchAll(/^\| `([\w-]+\.ts)` \| \S/gm)];
    const files = globSync('*.ts', { cwd: join(project, 'test/support') });
    expect(rows.map(([, file]) => file).sort()).toEqual(files.sort());
  });
});

describe('docs/decisions.md', () => {
  const titles = [...read('docs/decisions.md').matchAll(/^\*\*(.+?)\*\*(.*)$/gm)];

  it('has each decision once, with its date', () => {
    expect(titles.length).toBeGreaterThan(50);
    expect(titles.map(([, title]) => title)).toEqual([
      ...new Set(titles.map(([, title]) => title)),
    ]);
    for (const [entry, , rest] of titles) expect(rest, entry).toMatch(/^ \(\d{4}-\d\d-\d\d[;,)]/);
  });
});
