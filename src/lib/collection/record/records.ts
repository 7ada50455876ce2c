import { dirname } from 'node:path';
import { absolutePath } from '../../path-bytes.ts';
import { removeAbandonedOutputs } from '../../temporary-output.ts';
import { type OutputRecord, openRecord } from './output-record.ts';

/** The records of all folders that a run writes into. */
export interface OutputRecords {
  /** The record beside an output, opened when it is first asked for. Throws `FileError`. */
  beside(output: string): Promise<OutputRecord>;
  /** Writes all of them anew; gives the messages of those that could not be. */
  compact(): Promise<readonly unknown[]>;
}

/** Opens no record yet. With `tidy` what killed processes have left beside the outputs is removed first. */
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
