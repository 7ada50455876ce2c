import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';

/** Any user that is not root and owns nothing: root may read and write everything. */
const NOBODY = '65534';

const wrap = (command: readonly string[]): readonly string[] => [
  ...['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'],
  ...command,
];

/** How a command is run by a user without rights: as it is where this user is none, and else by `setpriv`. */
export function asNobody(command: readonly string[]): readonly string[] {
  return process.getuid?.() === 0 ? wrap(command) : command;
}

/** Why the program cannot be run by such a user, or undefined where it can. */
export function noNobodyBecause(): string | undefined {
  if (process.platform === 'win32') return 'there are no such rights';
  const [command = '', ...args] = asNobody([
    process.execPath,
    join(inject('program'), 'bin/run.js'),
  ]);
  try {
    execFileSync(command, [...args, '--version'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `the program cannot be run by another user: ${(error as Error).message.split('\n')[0]}`;
  }
}
