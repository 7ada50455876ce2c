import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, inject, it } from 'vitest';

const project = fileURLToPath(new URL('../../..', import.meta.url));

describe('the package', () => {
  let paths: readonly string[];
  beforeAll(async () => {
    const { stdout } = await execa({ cwd: project })`npm pack --dry-run --json --ignore-scripts`;
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    paths = files.map(({ path }) => path);
  });

  it('contains the program, and no sources or tests', () => {
    expect(paths).toContain('bin/run.js');
    expect(paths).toContain('oclif.manifest.json');
    const folders = new Set(paths.map((path) => dirname(path).split('/')[0]));
    expect([...folders].sort()).toEqual(['.', 'bin', 'dist', 'docs']);
    expect(
      paths.filter((path) => /demo|sample-tiff|\.map$|\.tsx?$(?<!\.d\.ts)/.test(path)),
    ).toEqual([]);
  });

  it('contains every page that one of its pages links to', async () => {
    for (const page of paths.filter((path) => path.endsWith('.md'))) {
      const text = await readFile(join(project, page), 'utf8');
      const links = text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g);
      for (const [, to = ''] of links) expect(paths).toContain(join(dirname(page), to));
    }
  });

  it('contains the page that reports are made from', async () => {
    const page = await readFile(join(inject('program'), 'dist/bundle/report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>[\s\S]*<!--DATA-->\n<script>[\s\S]+<\/script>/);
  });

  it('says in one line that Node.js is too old', async () => {
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
