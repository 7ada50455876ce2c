import { stat } from 'node:fs/promises';
import { FileError, messageOf } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { mtimeMsOf } from '../record/record-line.ts';

/** A file as it was when it was looked at. */
export interface FileState {
  readonly bytes: number;
  /** Whole milliseconds. */
  readonly mtimeMs: number;
  readonly accessed: Date;
  readonly modified: Date;
  /** Which file it is, by whatever name or link it is reached. */
  readonly id: string;
}

/** Looks at a file, through links; undefined when there is none that can be looked at. */
export function stateOf(path: string): Promise<FileState | undefined> {
  return lookAt(path).catch(() => undefined);
}

/** The same for a file that must be there. Throws `FileError`. */
export async function readableState(path: string): Promise<FileState> {
  try {
    return await lookAt(path);
  } catch (error) {
    throw new FileError(`Could not read "${path}": ${messageOf(error)}. Check the path.`, {
      cause: error,
    });
  }
}

async function lookAt(path: string): Promise<FileState> {
  // Some file systems have ids that no double holds.
  const there = await stat(path, { bigint: true });
  const { size, mtimeNs, dev, ino } = there;
  return {
    bytes: Number(size),
    mtimeMs: mtimeMsOf({ mtimeMs: Number(mtimeNs / 1_000_000n) }),
    accessed: there.atime,
    modified: there.mtime,
    id: `${dev}:${ino}`,
  };
}

/** How many files are asked for at once: as many as Node has threads for it. */
const AT_ONCE = 4;

/** The sources of a run as they are at its beginning. */
export interface Sources {
  /** 0 when that cannot be told. */
  bytesOf(input: string): number;
  /** The source that a file is, by whatever name or link. */
  sourceWith(id: string): string | undefined;
}

/** Looks at all sources. */
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
