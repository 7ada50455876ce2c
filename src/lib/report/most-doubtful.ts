import { rm, stat } from 'node:fs/promises';

/** The two sections of a comparison on disk, and their doubt. */
export interface PicturePieces {
  readonly before: string;
  readonly after: string;
  readonly doubt: number;
}

/** As many comparisons as fit. */
export interface KeptPieces {
  /** Throws what reading and removing files throws. */
  add(id: string, pieces: PicturePieces): Promise<void>;
  get(id: string): PicturePieces | undefined;
}

/**
 * Keeps comparisons up to `bytes`, those of the most doubtful files; the files of others are
 * removed.
 */
export function keepMostDoubtful(bytes: number): KeptPieces {
  const kept = new Map<string, PicturePieces & { readonly bytes: number }>();
  let size = 0;
  const leastDoubtful = () =>
    [...kept].reduce((least, one) => (one[1].doubt < least[1].doubt ? one : least));
  return {
    get: (id) => kept.get(id),
    add: async (id, pieces) => {
      const sizes = await Promise.all([stat(pieces.before), stat(pieces.after)]);
      const own = sizes.reduce((sum, file) => sum + file.size, 0);
      kept.set(id, { ...pieces, bytes: own });
      size += own;
      while (size > bytes && kept.size > 0) {
        const [other, { before, after, bytes: freed }] = leastDoubtful();
        kept.delete(other);
        size -= freed;
        for (const path of [before, after]) await rm(path, { force: true });
      }
    },
  };
}
