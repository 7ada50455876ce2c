import { execFileSync } from 'node:child_process';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

/** Any user that is not root and owns nothing: root may read and write everything. */
const NOBODY = '65534';

/** By way of a shell: `setpriv` itself still has root's rights when it starts a command. */
const wrap = (command: readonly string[]): readonly string[] => [
  ...['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'],
  ...['sh', '-c', 'exec "$@"', 'sh'],
  ...command,
];

/**
 * How a command is run by a user without rights: as it is where this user is none, and else by
 * `setpriv`.
 */
function asNobody(command: readonly string[]): readonly string[] {
  return process.getuid?.() === 0 ? wrap(command) : command;
}

/** Why the program cannot be run by such a user, or undefined where it can. */
export function noNobodyBecause(): string | undefined {
  if (process.platform === 'win32') return 'there are no such rights';
  const [command = '', ...args] = asNobody(['test', '-r', join(inject('program'), 'bin/run.js')]);
  try {
    execFileSync(command, args, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `no other user may run the program: ${(error as Error).message.split('\n')[0]}`;
  }
}

/**
 * Lets such a user run what this one's Node.js would, by a copy of it at that path: the original
 * may lie where only its owner comes.
 */
export async function nobodysNode(
  path: string,
): Promise<(command: readonly string[]) => readonly string[]> {
  await copyFile(process.execPath, path);
  await chmod(path, 0o755);
  return ([, ...args]) => asNobody([path, ...args]);
}
