import { pathOfBytes, REPLACEMENT } from '../lib/path-bytes.ts';
import { procList } from '../lib/proc-lists.ts';

/**
 * The arguments that the program was called with. A name that is not UTF-8, which Node.js does not hand on, is as
 * `pathOfBytes` has it where the system keeps the arguments (Linux); elsewhere it stays as Node.js has it.
 */
export function programArguments(): string[] {
  const args = process.argv.slice(2);
  if (!args.some((arg) => arg.includes(REPLACEMENT))) return args;
  const exact = procList('cmdline').slice(-args.length);
  const isSame =
    exact.length === args.length && exact.every((arg, i) => arg.toString() === args[i]);
  return isSame ? exact.map(pathOfBytes) : args;
}
