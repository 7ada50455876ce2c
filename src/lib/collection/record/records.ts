import { dirname } from 'node:path';
import { absolutePath } from '../../path-bytes.ts';
import { removeAbandonedOutputs } from '../../temporary-output.ts';
import { type OutputRecord, openRecord } from './output-record.ts';

/** The records of all output folders of a run. */
export interface OutputRecords {
  /** The record beside an output, opened on first use. Throws `FileError`. */
  beside(output: string): Promise<OutputRecord>;
  /** Rewrites all of them; returns the errors. */
  compact(): Promise<readonly unknown[]>;
}

/**
 * Opens no record yet. With `tidy`, files that killed processes left beside the outputs are removed
 * first. A record that is `optional` and cannot be read or written is done without; `compact` then
 * returns why.
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

/** The record of a folder that others may share: it must keep nobody from converting a file. */
async function openOptional(folder: string): Promise<OutputRecord> {
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
  };
  const record = await openRecord(folder).catch(fail);
  return {
    linesOf: (output) => record?.linesOf(output) ?? [],
    append: async (lines) => record?.append(lines).catch(fail),
    compact: async () => {
      if (failure !== undefined) throw failure;
      await record?.compact();
    },
  };
}
