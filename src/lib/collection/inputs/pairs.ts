import type { LocalConversion } from '../../convert/local-files.ts';
import { SettingsError } from '../../errors.ts';
import { readLines } from './file-list.ts';

/** How many wrong lines are named. */
const MOST_NAMED = 10;

/**
 * The pairs of a list: on each line a TIFF, a tab and its JPEG. Paths are relative to the working
 * directory, like those of any list (`readFileList`). Throws as `readLines`, and `SettingsError`
 * with the numbers of wrong lines, or if there is no pair.
 */
export async function readPairs(
  source: string,
  stdin: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<readonly LocalConversion[]> {
  return pairsIn(await readLines(source, stdin, signal), source);
}

/** The pairs in lines. Throws `SettingsError`. */
export function pairsIn(lines: readonly string[], source: string): readonly LocalConversion[] {
  const wrong: number[] = [];
  const pairs = lines.flatMap((line, index) => {
    if (line === '') return [];
    const [input, output, ...others] = line.split('\t');
    if (input && output && others.length === 0) return [{ input, output }];
    wrong.push(index + 1);
    return [];
  });
  if (wrong.length > 0) {
    const named = wrong.slice(0, MOST_NAMED).join(', ');
    const more = wrong.length > MOST_NAMED ? ` and ${wrong.length - MOST_NAMED} more` : '';
    const [lines, are] = wrong.length === 1 ? ['line', 'is'] : ['lines', 'are'];
    throw new SettingsError([
      `--pairs ${source}: ${lines} ${named}${more} ${are} not a TIFF, a tab and its JPEG`,
    ]);
  }
  if (pairs.length === 0) throw new SettingsError([`--pairs ${source} names no pairs`]);
  return pairs;
}
