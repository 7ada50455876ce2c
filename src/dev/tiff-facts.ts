import { availableParallelism } from 'node:os';
import { defaultEncoderSettings } from '../lib/convert/encoder-settings.ts';
import { inspectRemote } from '../lib/convert/inspect/inspect-file.ts';
import { taskNames } from '../lib/convert/setting-names.ts';
import { ArkeError } from '../lib/errors.ts';
import { withSnakeCase } from '../lib/snake-case.ts';
import type { Storage } from '../lib/storage/client.ts';
import { openRangedReader } from '../lib/storage/ranged-reader.ts';
import { memoryLimitOf } from './machine-limits.ts';

/** Time for a plan on a worker, in seconds: `run`'s time limit, less its start. */
const TASK_SECONDS = 45;

/**
 * The entry in `files` of `arke-tiff inspect --json` for a TIFF in R2, for a machine with this
 * memory. An unreadable TIFF has an `error`.
 *
 * @throws errors that are not the TIFF's
 */
export async function factsOf(
  storage: Storage,
  key: string,
  name: string,
  machine: { readonly memoryMb: number; readonly cpus: number | null },
): Promise<unknown> {
  const input = `r2://${key}`;
  const limits = {
    memoryBytes: memoryLimitOf(machine.memoryMb) * 1024 * 1024,
    cpuSeconds: (machine.cpus ?? availableParallelism()) * TASK_SECONDS,
    seconds: TASK_SECONDS,
    diskBytes: Number.POSITIVE_INFINITY,
    names: taskNames,
  };
  try {
    const reader = await openRangedReader(storage, key);
    const settings = { encoder: defaultEncoderSettings, pages: 'first', names: taskNames } as const;
    const options = { name, ...settings, limits };
    const inspection = await inspectRemote(reader, reader.info.size, options);
    return { input, ...(withSnakeCase(inspection) as object) };
  } catch (error) {
    if (!(error instanceof ArkeError)) throw error;
    return { input, error: { code: error.code, message: error.message } };
  }
}
