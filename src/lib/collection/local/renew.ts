import { sha256Of } from '../checksum.ts';
import { stateOf } from '../file-state.ts';
import type { CollectionRunOptions } from '../options.ts';
import type { RecordLine } from '../record/record-line.ts';
import { type Recorded, sourcePath } from './recorded.ts';
import type { CurrentOutput } from './up-to-date.ts';

/**
 * With checksums, updates the lines of outputs that are up to date: adds hashes, and new times and
 * places of files recognised by hash. Throws `FileError`, and the signal's reason.
 */
export async function renewLines(
  current: readonly CurrentOutput[],
  recorded: Recorded,
  { dryRun }: CollectionRunOptions,
): Promise<readonly CurrentOutput[]> {
  const { sourceHash, record } = recorded;
  if (!sourceHash || dryRun) return current;
  const hash = await sourceHash();
  const renewed: CurrentOutput[] = [];
  for (const one of current) renewed.push({ ...one, line: await renew(one, hash, recorded) });
  const lines = renewed.map(({ line }) => line);
  const isOld = (line: RecordLine, index: number) =>
    JSON.stringify(line) === JSON.stringify(current[index]?.line);
  if (!lines.every(isOld)) await record.append(lines);
  return renewed;
}

async function renew(
  { output, line }: CurrentOutput,
  source_sha256: string,
  { input, source, signal }: Recorded,
): Promise<RecordLine> {
  const there = await stateOf(output);
  const output_sha256 = line.output_sha256 ?? (await sha256Of(output, signal));
  return {
    ...line,
    source: await sourcePath(input, output),
    source_mtime_ms: source.mtimeMs,
    source_sha256,
    output_mtime_ms: there?.mtimeMs ?? line.output_mtime_ms,
    output_sha256,
    record: { ...line.record, sha256: output_sha256 },
  };
}
