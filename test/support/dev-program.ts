import { cp, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { inject } from 'vitest';
import type { TestFolder } from './folder.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What `dev --json` says of itself. */
export interface DevAddresses {
  readonly page: string;
  readonly orchestrator: string;
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Installs the packed program again, with this project's Miniflare beside it, as a user would have
 * it; gives the path of what starts it.
 */
export async function installWithMiniflare(folder: Pick<TestFolder, 'make'>): Promise<string> {
  const home = dirname(inject('program'));
  const modules = join(await folder.make('beside'), 'node_modules');
  await cp(inject('program'), join(modules, 'arke-tiff'), { recursive: true });
  for (const name of await readdir(home))
    if (name !== 'arke-tiff' && !name.startsWith('.'))
      await symlink(join(home, name), join(modules, name));
  await symlink(join(project, 'node_modules/miniflare'), join(modules, 'miniflare'));
  return join(modules, 'arke-tiff/bin/run.js');
}

/** Starts `dev` as a program of its own, in a folder. */
export function startDevProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  {
    ownGroup = false,
    node,
  }: { readonly ownGroup?: boolean; readonly node?: string | undefined } = {},
) {
  const coverage = node === undefined && inject('programCoverage');
  // Node.js would take `--env-file` for its own.
  return execa(node ?? process.execPath, ['--', program, 'dev', ...args], {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      ...(coverage ? { NODE_V8_COVERAGE: coverage } : {}),
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    detached: ownGroup,
    killSignal: 'SIGKILL',
    timeout: 500_000,
  });
}

/** Waits for what a program that was started with `--json` says first. */
export async function addressesOf(run: ReturnType<typeof startDevProgram>): Promise<DevAddresses> {
  let text = '';
  for await (const line of createInterface({ input: run.stdout })) {
    text += line;
    if (line === '}') return JSON.parse(text) as DevAddresses;
  }
  throw new Error(`It ended without a word: ${text} ${(await run).stderr}`);
}
