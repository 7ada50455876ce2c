import { pathOfBytes, REPLACEMENT } from '../lib/path-bytes.ts';
import { procList } from '../lib/proc.ts';

/**
 * The program's arguments. Node.js loses the bytes of names that are not UTF-8; on Linux they are
 * read from the system, in the form of `pathOfBytes`.
 */
export function programArguments(): string[] {
  const args = process.argv.slice(2);
  if (!args.some((arg) => arg.includes(REPLACEMENT))) return args;
  const exact = procList('cmdline').slice(-args.length);
  const isSame =
    exact.length === args.length && exact.every((arg, i) => arg.toString() === args[i]);
  return isSame ? exact.map(pathOfBytes) : args;
}
