import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Cleans up after this process if it dies without doing so itself. */
export interface OrphanGuard {
  /** Names the process to kill; a later call replaces the earlier one. */
  watch(pid: number): void;
  /** Names the folder to remove. */
  folder(path: string): void;
  /** Ends the guard: nothing is left to clean up. */
  dismiss(): void;
}

/*
 * Reads orders until its standard input closes, which the kernel does when the parent dies,
 * however it dies (Ctrl-C, SIGKILL, a test runner's time-out).
 */
const SCRIPT = `
trap '' INT TERM HUP
pid= dir=
while IFS= read -r line; do
  case $line in
    pid:*) pid=\${line#pid:} ;;
    dir:*) dir=\${line#dir:} ;;
    dismiss) exit 0 ;;
  esac
done
[ -z "$pid" ] || kill -9 "$pid"
[ -z "$dir" ] || rm -rf "$dir"
`;

/**
 * Starts a guard: a shell in its own process group, which costs about 1 MB and does not keep this
 * process alive. Without `sh` (Windows) it does nothing. Never throws.
 */
export function startOrphanGuard(): OrphanGuard {
  const shell = spawn('sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/bin:/bin' },
  });
  const ignore = () => {};
  shell.on('error', ignore);
  shell.stdin.on('error', ignore);
  shell.unref();
  (shell.stdin as Socket).unref();
  const order = (line: string) => {
    if (shell.stdin.writable) shell.stdin.write(`${line}\n`);
  };
  return {
    watch: (pid) => order(`pid:${pid}`),
    folder: (path) => order(`dir:${path}`),
    dismiss() {
      order('dismiss');
      shell.stdin.end();
    },
  };
}
