import { inParallel } from '../../in-parallel.ts';
import { stateOf } from '../file-state.ts';

/** Files examined at once: as many as Node has threads for it. */
const AT_ONCE = 4;

/** The sources of a run, as they are at its beginning. */
export interface Sources {
  /** 0 if unknown. */
  bytesOf(input: string): number;
  /** The source that a file is, by any name or link. */
  sourceWith(id: string): string | undefined;
}

/** Examines all sources. */
export async function lookAtSources(inputs: readonly string[]): Promise<Sources> {
  const bytes = new Map<string, number>();
  const sources = new Map<string, string>();
  await inParallel(
    inputs,
    async (input) => {
      const state = await stateOf(input);
      if (!state) return;
      bytes.set(input, state.bytes);
      sources.set(state.id, input);
    },
    { limit: AT_ONCE },
  );
  return { bytesOf: (input) => bytes.get(input) ?? 0, sourceWith: (id) => sources.get(id) };
}
