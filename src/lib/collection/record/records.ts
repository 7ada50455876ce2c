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
 * first.
 */
export function openRecords({ tidy }: { readonly tidy: boolean }): OutputRecords {
  const records = new Map<string, Promise<OutputRecord>>();
  const open = async (folder: string) => {
    if (tidy) await removeAbandonedOutputs(folder);
    return openRecord(folder);
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
