import { readFileSync } from 'node:fs';

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
