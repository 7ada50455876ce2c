import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { lstat, stat } from '../../files.ts';
import { absolutePath } from '../../path-bytes.ts';
import { removeAbandonedOutputs } from '../../temporary-output.ts';
import { type OutputRecord, openRecord, RECORD_NAME } from './output-record.ts';

/** The records of all output folders of a run. */
export interface OutputRecords {
  /** The record beside an output, opened on first use. Throws `FileError`. */
  beside(output: string): Promise<OutputRecord>;
  /** Rewrites all of them; returns the errors. */
  compact(): Promise<readonly unknown[]>;
}

/**
 * Opens no record yet. With `tidy`, files that killed processes left beside the outputs are removed
 * first. A record that is `optional` is done without where it or its folder is not this user's
 * alone, and where it cannot be read or written; `compact` then returns why, and rewrites none of
 * those.
 */
export function openRecords({
  tidy,
  optional = false,
}: {
  readonly tidy: boolean;
  readonly optional?: boolean;
}): OutputRecords {
  const records = new Map<string, Promise<OutputRecord>>();
  const open = async (folder: string) => {
    if (tidy) await removeAbandonedOutputs(folder);
    return optional ? openOptional(folder) : openRecord(folder);
  };
  return {
    beside: (output) => {
      const folder = absolutePath(dirname(output));
      const known = records.get(folder) ?? open(folder);
      records.set(folder, known);
      return known;
    },
    compact: async () => {
      const opened = await Promise.allSettled(records.values());
      const compacted = await Promise.allSettled(
        opened.flatMap((record) => (record.status === 'fulfilled' ? record.value.compact() : [])),
      );
      return compacted.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    },
  };
}

/**
 * The record of a folder in which other processes may convert single files at the same time, and
 * other users: it is only added to, and only where it and its folder are this user's alone. A
 * record of others could make foreign files count as ours, and ours would lock them out.
 */
async function openOptional(folder: string): Promise<OutputRecord> {
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
  };
  const isOwn = await isOfUserAlone(folder, RECORD_NAME);
  const record = isOwn ? await openRecord(folder).catch(fail) : undefined;
  return {
    linesOf: (output) => record?.linesOf(output) ?? [],
    append: async (lines) => record?.append(lines).catch(fail),
    compact: async () => {
      if (failure !== undefined) throw failure;
    },
  };
}

/** Whether nobody else may write to a folder, and a file in it is this user's or missing. */
export async function isOfUserAlone(folder: string, name: string): Promise<boolean> {
  return (
    (await isOfUser(stat(folder), WRITABLE_BY_ALL)) && (await isOfUser(lstat(join(folder, name))))
  );
}

/** Others may write there, as to /tmp. */
const WRITABLE_BY_ALL = 0o002;

/** Whether a file is this user's and has none of these mode bits; so is a missing one. */
async function isOfUser(stats: Promise<Pick<Stats, 'uid' | 'mode'>>, bits = 0): Promise<boolean> {
  const user = process.geteuid?.();
  try {
    const { uid, mode } = await stats;
    return user === undefined || (uid === user && (mode & bits) === 0);
  } catch {
    return true;
  }
}
