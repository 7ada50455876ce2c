import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that the packed program is installed in. */
    program: string;
    /** The folder that the program under test writes its coverage to; empty without coverage. */
    programCoverage: string;
  }
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Packs the built program and installs it elsewhere, once a run: what is tested is what is shipped.
 */
export default async function installProgram({
  config,
  provide,
}: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(join(project, 'dist/lib/index.js')))
    throw new Error(
      'The tests drive the built program, and there is none: run "npm run build" first.',
    );
  const folder = await mkdtemp(join(tmpdir(), 'arke-tiff-program-'));
  // Tests run it as another user, too.
  await chmod(folder, 0o755);
  const npm = execa({ cwd: project, stderr: 'inherit' });
  const { stdout } = await npm`npm pack --silent --ignore-scripts --pack-destination ${folder}`;
  await npm`npm install --silent --no-audit --no-fund --prefer-offline --omit=dev --prefix ${folder} ${join(folder, stdout.trim())}`;
  provide('program', join(folder, 'node_modules/arke-tiff'));
  provide('programCoverage', config.coverage.enabled ? join(project, 'coverage/raw') : '');
  return () => rm(folder, { recursive: true, force: true });
}
