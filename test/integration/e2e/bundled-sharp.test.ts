import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, inject, it } from 'vitest';
import { useFolder } from '../../support/use-folder.ts';

/** The folder of the packages that the program is installed with. */
const packages = () => dirname(inject('program'));
const folder = useFolder();

/** Installs the program's own files by themselves: no package is to be seen from there. */
async function installAlone(name: string): Promise<string> {
  const modules = join(await folder.make(name), 'node_modules');
  for (const part of ['dist/bundle', 'package.json'])
    await cp(join(inject('program'), part), join(modules, 'arke-tiff', part), { recursive: true });
  return modules;
}

/** Starts a conversion process and waits for what it says first. */
async function firstWords(modules: string): Promise<unknown> {
  const child = fork(join(modules, 'arke-tiff/dist/bundle/child.js'), { env: {}, execArgv: [] });
  const [message] = await once(child, 'message');
  child.kill('SIGKILL');
  return message;
}

it('finds sharp’s native package where only sharp can see it, as pnpm installs it', async () => {
  const modules = await installAlone('strict');
  await symlink(join(packages(), 'sharp'), join(modules, 'sharp'));
  expect(await firstWords(modules)).toMatchObject({
    kind: 'ready',
    versions: expect.stringMatching(/^sharp\/[\d.]+ vips\/[\d.]+ mozjpeg\/\w+$/),
  });
});

it('says what sharp says when its native package is missing', async () => {
  const modules = await installAlone('without-native');
  await cp(join(packages(), 'sharp'), join(modules, 'sharp'), { recursive: true });
  await mkdir(join(modules, '@img'));
  for (const name of ['@img/colour', 'detect-libc', 'semver'])
    await symlink(join(packages(), name), join(modules, name));
  const loadSharp = `import('sharp').catch((error) => console.log(error.message));`;
  const sharp = await execa({ cwd: modules })`${process.execPath} --eval ${loadSharp}`;
  expect(sharp.stdout).toMatch(/^Could not load the "sharp" module .*npm install/s);
  expect(await firstWords(modules)).toEqual({ kind: 'broken', message: sharp.stdout });
});

it('names sharp when all of it is missing', async () => {
  expect(await firstWords(await installAlone('without-sharp'))).toMatchObject({
    kind: 'broken',
    message: expect.stringContaining("Cannot find module 'sharp'"),
  });
});

it('holds the one version of sharp that the package asks for, with its native package', async () => {
  const about = JSON.parse(await readFile(join(inject('program'), 'package.json'), 'utf8'));
  const licences = await readFile(join(inject('program'), 'dist/bundle/THIRD-PARTY'), 'utf8');
  expect(licences).toContain(`\n## sharp ${about.dependencies.sharp} (`);
});
