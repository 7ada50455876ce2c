import { pathOfBytes, REPLACEMENT } from '../lib/path-bytes.ts';
import { procList } from '../lib/proc-lists.ts';

/**
 * The program's arguments. A name that is not UTF-8, whose bytes Node.js loses, is in the form of
 * `pathOfBytes` on Linux, where the system keeps the arguments; elsewhere it stays as Node.js has
 * it.
 */
export function programArguments(): string[] {
  const args = process.argv.slice(2);
  if (!args.some((arg) => arg.includes(REPLACEMENT))) return args;
  const exact = procList('cmdline').slice(-args.length);
  const isSame =
    exact.length === args.length && exact.every((arg, i) => arg.toString() === args[i]);
  return isSame ? exact.map(pathOfBytes) : args;
}
