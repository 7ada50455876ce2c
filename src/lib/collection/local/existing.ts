import { type Recorded, recordedOutput } from './recorded.ts';

/**
 * Which outputs of a TIFF are there, are known as made of it and untouched since, and may be replaced therefore; undefined
 * where no record is kept. Throws `FileError` when one cannot be read.
 */
export async function knownOutputs(
  outputs: readonly string[],
  recorded: Recorded | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (!recorded) return undefined;
  const ours = new Set<string>();
  for (const output of outputs) if (await recordedOutput(output, recorded)) ours.add(output);
  return ours;
}
