import { basename, dirname, join, relative, sep } from 'node:path';
import { realpath } from '../../files.ts';
import { absolutePath } from '../../path-bytes.ts';
import { sha256Of } from '../checksum.ts';
import { type FileState, stateOf } from '../file-state.ts';
import type { OutputRecord } from '../record/output-record.ts';
import type { RecordLine } from '../record/record-line.ts';

/** A TIFF and the record of its JPEGs. */
export interface Recorded {
  readonly record: OutputRecord;
  readonly input: string;
  readonly source: FileState;
  /** The hash of the TIFF; undefined if sizes and times are enough. */
  readonly sourceHash: (() => Promise<string>) | undefined;
  readonly signal: AbortSignal;
}

/**
 * The path from an output's folder to its source, as recorded: both may move together. Links to
 * folders are followed: by them, TIFFs of different folders could have equal paths.
 */
export async function sourcePath(input: string, output: string): Promise<string> {
  const [from, to] = await Promise.all([dirname(output), dirname(input)].map(realFolder));
  return join(relative(from ?? '', to ?? ''), basename(input)).replaceAll(sep, '/');
}

/** A folder without links; one that cannot be looked up, as it is named. */
async function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => absolutePath(folder));
}

/**
 * The record's line for an existing output; undefined if there is none, or it is not (or no longer)
 * the JPEG made from this TIFF. A moved TIFF is recognised by its hash only. Throws `FileError` if
 * a file cannot be read, and the signal's reason.
 */
export async function recordedOutput(
  output: string,
  recorded: Recorded,
): Promise<RecordLine | undefined> {
  const lines = recorded.record.linesOf(basename(output));
  const there = lines.length > 0 ? await stateOf(output) : undefined;
  if (!there) return undefined;
  const from = await sourcePath(recorded.input, output);
  for (const line of lines.toReversed()) {
    const isOurs = line.source === from || (await hasSourceHash(line, recorded));
    if (isOurs && (await isOutput(line, output, there, recorded))) return line;
  }
  return undefined;
}

async function isOutput(
  line: RecordLine,
  output: string,
  there: FileState,
  { sourceHash, signal }: Recorded,
): Promise<boolean> {
  if (line.output_bytes !== there.bytes) return false;
  if (sourceHash && line.output_sha256 !== undefined)
    return (await sha256Of(output, signal)) === line.output_sha256;
  return line.output_mtime_ms === there.mtimeMs;
}

/**
 * Whether a TIFF is unchanged since its JPEG was made: by its hash if there is one, otherwise by
 * size and time.
 */
export async function isSameSource(line: RecordLine, recorded: Recorded): Promise<boolean> {
  const { source, sourceHash } = recorded;
  if (line.source_bytes !== source.bytes) return false;
  if (sourceHash && line.source_sha256 !== undefined) return hasSourceHash(line, recorded);
  return line.source_mtime_ms === source.mtimeMs;
}

async function hasSourceHash(
  { source_sha256 }: RecordLine,
  { sourceHash }: Recorded,
): Promise<boolean> {
  return source_sha256 !== undefined && source_sha256 === (await sourceHash?.());
}

/**
 * The existing outputs that are known to be made from this TIFF and unchanged, which may therefore
 * be replaced, with their lines; undefined if no record is kept. Throws `FileError` if one cannot
 * be read.
 */
export async function knownOutputs(
  outputs: readonly string[],
  recorded: Recorded | undefined,
): Promise<ReadonlyMap<string, RecordLine> | undefined> {
  if (!recorded) return undefined;
  const ours = new Map<string, RecordLine>();
  for (const output of outputs) {
    const line = await recordedOutput(output, recorded);
    if (line) ours.set(output, line);
  }
  return ours;
}
