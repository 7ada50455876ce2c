import { realpath } from '../../files.ts';
import { inParallel } from '../../in-parallel.ts';
import { absolutePath } from '../../path-bytes.ts';
import type { FoundInput } from './search-path.ts';

/** Files, each once. */
export interface WithoutRepeats {
  readonly found: readonly FoundInput[];
  /** Other paths to files that are already included. */
  readonly otherNames: readonly string[];
}

/** Paths resolved at once. */
const PATHS_AT_ONCE = 8;

/**
 * Shells, folders and links easily name a file twice. It keeps its first place, and the first name
 * that is not a link. Missing files are distinguished by path, remote ones by name.
 */
export async function withoutRepeats(
  candidates: readonly FoundInput[],
  isElsewhere: (path: string) => boolean,
  signal: AbortSignal,
): Promise<WithoutRepeats> {
  const files = await inParallel(
    candidates,
    async ({ input }) =>
      isElsewhere(input) ? input : realpath(input).catch(() => absolutePath(input)),
    { limit: PATHS_AT_ONCE, signal },
  );
  const byFile = new Map<string, FoundInput>();
  candidates.forEach((candidate, i) => {
    const file = files[i] ?? candidate.input;
    const kept = byFile.get(file);
    if (!kept || (kept.isLink && !candidate.isLink)) byFile.set(file, candidate);
  });
  const found = [...byFile.values()];
  const names = new Set(found.map(({ input }) => absolutePath(input)));
  const others = candidates.filter(({ input }) => !names.has(absolutePath(input)));
  return { found, otherNames: [...new Set(others.map(({ input }) => input))] };
}
