/*
 * Record: the file `.arke-tiff.jsonl` beside local JPEGs, which knows what each was made from. It
 * lets an interrupted run resume, and keeps files of other origin from being overwritten.
 *
 * Terms. A *line* describes one JPEG: its state and its source's state (size, times, perhaps
 * SHA-256), settings and versions (`record-line.ts`). The latest line of a JPEG that matches the
 * file on the disk counts.
 *
 * How data passes: a run opens the record of each output folder once. Before a JPEG gets its name,
 * its line is appended; if the process dies in between, the line matches no file and is ignored.
 * `compact` rewrites the record at the end of a run, with one line for each JPEG, and keeps lines
 * that other processes have added.
 *
 * Must never happen: a JPEG with a final name and no line (it would count as foreign); a torn line
 * that hides others; a record that is written through a link.
 */
import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError, reasonOf, systemCodeOf } from '../../errors.ts';
import { access, rename, rm, writeNewFile } from '../../files.ts';
import { stringifyWithPaths } from '../../path-json.ts';
import { openRegularFile } from '../../regular-file.ts';
import { temporaryBeside } from '../../temporary-output.ts';
import { unwritableFile } from '../../unwritable-file.ts';
import { stateOf } from '../file-state.ts';
import { outputOf, parseLine, type RecordLine } from './record-line.ts';

/** The file beside a folder's JPEGs that records what they were made from, and how. */
export const RECORD_NAME = '.arke-tiff.jsonl';

/** The record of a folder's JPEGs. */
export interface OutputRecord {
  /**
   * The lines of a JPEG, by its name, latest last. There are several if it was made again, or if a
   * process was killed between recording it and naming it.
   */
  linesOf(output: string): readonly RecordLine[];
  /** Adds lines; readers see all of them or none. Throws `FileError`. */
  append(lines: readonly RecordLine[]): Promise<void>;
  /**
   * Rewrites the record in one step, with one line per JPEG, sorted by name; does nothing if
   * nothing was appended. Lines appended by others meanwhile are kept. Throws `FileError`.
   */
  compact(): Promise<void>;
}

/** What a kind of record is called, and what is lost without it, for messages. */
export interface RecordKind {
  readonly name: string;
  readonly lost: string;
}

/** The record of JPEGs that were made. */
export const madeJpegs: RecordKind = {
  name: RECORD_NAME,
  lost: 'its JPEGs then count as foreign',
};

/**
 * Opens the record of a folder, existing or not. A torn line, as left by a killed process, is
 * ignored. Throws `FileError` if it cannot be read.
 */
export async function openRecord(folder: string, kind = madeJpegs): Promise<OutputRecord> {
  const path = join(folder, kind.name);
  const lines = linesIn(await readRecord(path, kind));
  let isDirty = false;
  // One after the other, because several files may end at the same time.
  let writing: Promise<void> = Promise.resolve();
  const write = async (added: readonly RecordLine[]) => {
    await orFileError(path, appendLines(path, textOf(added)));
    isDirty = true;
    for (const line of added) lines.add(line.output, line);
  };
  return {
    linesOf: lines.of,
    append: (added) => {
      const written = writing.then(() => write(added));
      writing = written.catch(() => {});
      return written;
    },
    compact: async () => {
      await writing;
      if (isDirty) await rewrite(folder, kind);
      isDirty = false;
    },
  };
}

async function readRecord(path: string, { lost }: RecordKind): Promise<string> {
  try {
    return await readText(path);
  } catch (error) {
    const code = systemCodeOf(error);
    // If a file is in the folder's place, creating the folder reports it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    const folder = dirname(path);
    // If the folder cannot be entered, that is the error.
    await access(folder, constants.X_OK).catch((shut: unknown) => {
      throw unwritableFile(folder, shut);
    });
    throw new FileError(
      `Could not read the record ${path}: ${reasonOf(error)}. Make it readable, or delete it; ${lost}.`,
      { cause: error },
    );
  }
}

async function readText(path: string): Promise<string> {
  const file = await openRegularFile(path, constants.O_RDONLY);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * A full disk or a killed process may have left a torn line at the end, which must not tear the
 * next one.
 */
async function appendLines(path: string, text: string): Promise<void> {
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  const file = await openRegularFile(path, O_RDWR | O_APPEND | O_CREAT);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(size - 1, 0));
    const isTorn = size > 0 && buffer.toString() !== '\n';
    await file.appendFile(isTorn ? `\n${text}` : text);
  } finally {
    await file.close();
  }
}

/** The lines of a record's text. Each is parsed when it is asked for: there may be thousands. */
function linesIn(text: string) {
  const all = new Map<string, (string | RecordLine)[]>();
  const add = (output: string, line: string | RecordLine) => {
    const known = all.get(output);
    if (known) known.push(line);
    else all.set(output, [line]);
  };
  for (const line of text.split('\n')) {
    const output = outputOf(line);
    if (output !== undefined) add(output, line);
  }
  return {
    add,
    names: () => [...all.keys()].sort(),
    of: (output: string): RecordLine[] => {
      const parsed = (all.get(output) ?? []).flatMap(
        (line) => (typeof line === 'string' ? parseLine(line) : line) ?? [],
      );
      if (parsed.length > 0) all.set(output, [...parsed]);
      return parsed;
    },
  };
}

async function rewrite(folder: string, kind: RecordKind): Promise<void> {
  const path = join(folder, kind.name);
  const lines = linesIn(await readRecord(path, kind));
  const kept: RecordLine[] = [];
  for (const name of lines.names()) kept.push(...(await validOf(folder, lines.of(name))));
  const temporary = temporaryBeside(path);
  try {
    await orFileError(path, writeNewFile(temporary, textOf(kept)));
    await orFileError(path, rename(temporary, path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The last line that matches the existing file; otherwise the last. */
async function validOf(folder: string, lines: readonly RecordLine[]): Promise<RecordLine[]> {
  if (lines.length < 2) return [...lines];
  const [last] = lines.slice(-1);
  const there = await stateOf(join(folder, last?.output ?? ''));
  const valid = lines.findLast(
    (line) => line.output_bytes === there?.bytes && line.output_mtime_ms === there.mtimeMs,
  );
  return [valid ?? last].filter((line) => line !== undefined);
}

function textOf(lines: readonly RecordLine[]): string {
  return lines.map((line) => `${stringifyWithPaths(line)}\n`).join('');
}

async function orFileError(path: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new FileError(
      `Could not write the record ${path}: ${reasonOf(error)}. Check that its folder is writable and has room.`,
      { cause: error },
    );
  }
}
