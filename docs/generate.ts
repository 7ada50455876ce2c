/**
 * Writes what is generated from the built program into a folder (default: this project):
 * `oclif.manifest.json`, `docs/commands.md`, `docs/json.md`, `docs/library.md`, and the tables in
 * `docs/configuration.md`, `docs/reliability.md` and `docs/dev.md`. All are committed; a test fails
 * when they are stale.
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCodeRows } from '../src/cli/help/topics.ts';
import { renderForeignVariables, renderVariables } from './configuration-tables.ts';
import { renderDevFaults } from './dev-faults.ts';
import { renderFaultTable } from './fault-table.ts';
import { renderJsonPage } from './json-page.ts';
import { renderLibraryPage } from './library-page.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const target = resolve(process.argv[2] ?? project);

const page = `# Commands

Generated from the commands themselves by \`npm run docs\`; do not edit.
Exit codes: ${exitCodeRows.map(([code, meaning]) => `${code} ${meaning}`).join(', ')}. \`run\` uses only 0 and 1.

<!-- commands -->
<!-- commandsstop -->
`;

// oclif writes into the folder it looks at, so it looks at one that is made for it.
const stage = mkdtempSync(join(tmpdir(), 'arke-tiff-docs-'));
try {
  // The manifest holds paths of the commands' files: behind a link they would be this machine's.
  for (const name of ['bin', 'dist'])
    cpSync(join(project, name), join(stage, name), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(stage, 'node_modules'));
  copyFileSync(join(project, 'package.json'), join(stage, 'package.json'));
  mkdirSync(join(stage, 'docs'));
  writeFileSync(join(stage, 'docs/commands.md'), page);
  const oclif = (...args: string[]) =>
    execFileSync(process.execPath, [join(project, 'node_modules/oclif/bin/run.js'), ...args], {
      cwd: stage,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  oclif('manifest');
  oclif('readme', '--readme-path', 'docs/commands.md', '--no-source-links');
  mkdirSync(join(target, 'docs'), { recursive: true });
  for (const name of ['oclif.manifest.json', 'docs/commands.md'])
    copyFileSync(join(stage, name), join(target, name));
  const manifest = JSON.parse(readFileSync(join(stage, 'oclif.manifest.json'), 'utf8'));
  const tables = {
    'docs/reliability.md': { faults: renderFaultTable() },
    'docs/dev.md': { faults: renderDevFaults() },
    'docs/configuration.md': {
      variables: renderVariables(manifest),
      'foreign-variables': renderForeignVariables(),
    },
  };
  for (const [name, ofPage] of Object.entries(tables))
    writeFileSync(
      join(target, name),
      Object.entries(ofPage).reduce(withTable, readFileSync(join(project, name), 'utf8')),
    );
  writeFileSync(join(target, 'docs/json.md'), renderJsonPage());
  writeFileSync(join(target, 'docs/library.md'), renderLibraryPage(project));
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** The page with a table written anew, between its two marks. */
function withTable(page: string, [name, table]: readonly [string, string]): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- ${name}stop -->`];
  const before = page.slice(0, page.indexOf(begin) + begin.length);
  return `${before}\n${table}\n\n${page.slice(page.indexOf(end))}`;
}
