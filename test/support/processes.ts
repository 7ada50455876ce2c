import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes on this machine whose parent is this one and whose command line has this word in
 * it.
 */
export function childrenOf(parent: number, word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent && commandOf(pid).includes(word));
}

/** The living processes of a group: what a terminal's Ctrl-C reaches. */
export function processesOfGroup(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(statOf(pid)[2]) === group && isRunning(pid));
}

/** Whether a process is there and more than a name in the table. */
export function isRunning(pid: number): boolean {
  return !['', 'Z', 'X'].includes(statOf(pid)[0] ?? '');
}

/** Whether a process was stopped by a signal and does nothing until it is told to go on. */
export function isStopped(pid: number): boolean {
  return statOf(pid)[0] === 'T';
}

/** Sends a signal to a process that may have gone by now. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * CPU seconds that a process has used: user and system, in the kernel's hundredths (proc(5)); NaN
 * when it is gone.
 */
export function cpuSecondsOf(pid: number): number {
  const [, , , , , , , , , , , user, system] = statOf(pid);
  return (Number(user) + Number(system)) / 100;
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** State and parent (proc(5)); the command before them may hold spaces and parentheses. */
function statOf(pid: number): string[] {
  const stat = read(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function commandOf(pid: number): string {
  return read(pid, 'cmdline');
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
