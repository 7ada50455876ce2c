import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { vi } from 'vitest';
import { makeFolder } from './folder.ts';
import { type RunSetup, startProgram } from './program.ts';

/** Runs the program in a pipe whose reader waits for the file `go`. */
const PIPE = `to=$0
{ sh -c 'echo $$ >"$0/pid.part"; mv "$0/pid.part" "$0/pid"; exec "$@"' "$to" "$@"; echo $? >"$to/code"; } |
{ until [ -e "$to/go" ]; do sleep 0.1; done; READER; }`;

/** What a late reader is. */
export interface LateReader {
  /** Reads stderr, too. */
  readonly both?: boolean;
  /** The reader, as a shell has it. */
  readonly reader?: string;
  /** It is there before the program begins. */
  readonly early?: boolean;
  /**
   * What happens before the reader begins; by default as long passes as a program needs that does
   * not wait for it.
   */
  readonly before?: (pid: number) => Promise<unknown>;
}

/** How a run of the program ended whose reader came late. */
export interface LateRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether the program had ended before anybody read. */
  readonly endedUnread: boolean;
}

/**
 * Runs the packed program with a reader that begins only when the program has had the time to end
 * without it.
 */
export async function runUnread(
  args: readonly string[],
  { both = false, reader = 'cat', early = false, before }: LateReader,
  setup: RunSetup = {},
): Promise<LateRun> {
  const folder = await makeFolder();
  if (early) await folder.write('go', '');
  const script = PIPE.replace('READER', reader).replace(
    'exec "$@"',
    `exec "$@"${both ? ' 2>&1' : ''}`,
  );
  const run = startProgram(args, {
    ...setup,
    wrap: (command) => ['sh', '-c', script, folder.root, ...command],
  });
  const ended = () => existsSync(folder.path('code'));
  await vi.waitUntil(() => existsSync(folder.path('pid')), { timeout: 60_000 });
  await before?.(Number(await readFile(folder.path('pid'), 'utf8')));
  if (!early) await vi.waitUntil(ended, { timeout: 2_000 }).catch(() => {});
  const endedUnread = ended();
  await writeFile(folder.path('go'), '');
  const { stdout, stderr } = await run;
  const exitCode = Number(await readFile(folder.path('code'), 'utf8'));
  await folder.remove();
  return { exitCode, stdout, stderr, endedUnread };
}
