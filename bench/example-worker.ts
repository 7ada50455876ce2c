/**
 * The contract's example worker, where it lies beside the project: what the bench compares with.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const original = fileURLToPath(
  new URL('../../shared/contract/reference-worker.mjs', import.meta.url),
);
const download = fileURLToPath(new URL('./example-download.mjs', import.meta.url));
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

/** Its programs. */
export interface ExampleWorker {
  readonly run: string;
  /** Its download alone. */
  readonly download: string;
}

/**
 * Copies it into the folder, with this project's packages; `undefined` when it is not on this
 * machine.
 */
export async function installExampleWorker(folder: string): Promise<ExampleWorker | undefined> {
  if (!existsSync(original)) return undefined;
  const home = join(folder, 'example-worker');
  await mkdir(home);
  await symlink(modules, join(home, 'node_modules'));
  const programs = { run: join(home, 'worker.mjs'), download: join(home, 'download.mjs') };
  await copyFile(original, programs.run);
  await copyFile(download, programs.download);
  return programs;
}
