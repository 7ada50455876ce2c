import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, inject, it } from 'vitest';

const project = fileURLToPath(new URL('../../..', import.meta.url));

describe('the package', () => {
  it('holds the program and nothing of its workshop', async () => {
    const { stdout } = await execa({ cwd: project })`npm pack --dry-run --json --ignore-scripts`;
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('bin/run.js');
    expect(paths).toContain('oclif.manifest.json');
    const folders = new Set(paths.map((path) => dirname(path).split('/')[0]));
    expect([...folders].sort()).toEqual(['.', 'bin', 'dist']);
    expect(
      paths.filter((path) => /demo|sample-tiff|\.map$|\.tsx?$(?<!\.d\.ts)/.test(path)),
    ).toEqual([]);
  });

  it('has the page that reports are made from', async () => {
    const page = await readFile(join(inject('program'), 'dist/bundle/report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>[\s\S]*<!--DATA-->\n<script>[\s\S]+<\/script>/);
  });

  it('says in one line that an old Node.js will not do', async () => {
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
