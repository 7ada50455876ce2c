import { readFileSync } from 'node:fs';

/**
 * The arguments of this process, Node.js's own before the program's, or the variables that it was started with, as the
 * system keeps them: byte for byte. Empty where it does not (elsewhere than on Linux).
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
