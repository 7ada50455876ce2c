import { readFileSync, readlinkSync } from 'node:fs';

/**
 * This process's arguments (Node.js's own before the program's) or initial variables, as the system
 * keeps them: byte for byte. Empty except on Linux.
 */
export function procList(name: 'cmdline' | 'environ'): Buffer[] {
  try {
    const text = readFileSync(`/proc/self/${name}`, 'latin1');
    // Each ends with a NUL.
    return text
      .split('\0')
      .slice(0, -1)
      .map((one) => Buffer.from(one, 'latin1'));
  } catch {
    return [];
  }
}

/** Where this process's ids hold, as in `pid:[4026531836]`; empty except on Linux. */
export function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/**
 * When a process started, in the kernel's ticks since the machine did; undefined if there is none,
 * and except on Linux.
 */
export function processStart(pid: number | 'self'): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22 of proc(5); the command, which is the second, may contain spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
