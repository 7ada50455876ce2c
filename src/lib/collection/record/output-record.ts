import { constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError, reasonOf, systemCodeOf } from '../../errors.ts';
import { access, rename, rm, writeNewFile } from '../../files.ts';
import { stringifyWithPaths } from '../../path-json.ts';
import { openRegularFile } from '../../regular-file.ts';
import { temporaryBeside } from '../../temporary-output.ts';
import { unwritableFile } from '../../unwritable-file.ts';
import { stateOf } from '../file-state.ts';
import { parseLine, type RecordLine } from './record-line.ts';

/** The file beside the JPEGs of a folder that says what they were made of, and how. */
export const RECORD_NAME = '.arke-tiff.jsonl';

/** What is recorded of the JPEGs of a folder. */
export interface OutputRecord {
  /**
   * The lines of a JPEG, by its name, latest last. There are several when it was made again, or when a
   * process was killed between saying that it is made and giving it its name.
   */
  linesOf(output: string): readonly RecordLine[];
  /** Adds lines, all of them or none as far as readers see. Throws `FileError`. */
  append(lines: readonly RecordLine[]): Promise<void>;
  /**
   * Writes the record anew, in one step, with one line for each JPEG, by name; does nothing when nothing was appended.
   * What others have appended meanwhile stays. Throws `FileError`.
   */
  compact(): Promise<void>;
}

/**
 * Opens the record of a folder, whether there is one or not. A line that is torn, as a killed process
 * leaves it, is as if it were not there. Throws `FileError` when it cannot be read.
 */
export async function openRecord(folder: string): Promise<OutputRecord> {
  const path = join(folder, RECORD_NAME);
  const lines = linesByOutput(await readRecord(path));
  let isDirty = false;
  // One after the other: lines of several files end at the same time.
  let writing: Promise<void> = Promise.resolve();
  const write = async (added: readonly RecordLine[]) => {
    await orFileError(path, appendLines(path, textOf(added)));
    isDirty = true;
    for (const line of added) addTo(lines, line);
  };
  return {
    linesOf: (output) => lines.get(output) ?? [],
    append: (added) => {
      const written = writing.then(() => write(added));
      writing = written.catch(() => {});
      return written;
    },
    compact: async () => {
      await writing;
      if (isDirty) await rewrite(folder, path);
      isDirty = false;
    },
  };
}

async function readRecord(path: string): Promise<string> {
  try {
    return await readText(path);
  } catch (error) {
    const code = systemCodeOf(error);
    // A file where the folder should be is told by whoever makes the folder.
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    const folder = dirname(path);
    // Where nobody may enter, there need be no record.
    await access(folder, constants.X_OK).catch((shut: unknown) => {
      throw unwritableFile(folder, shut);
    });
    throw new FileError(
      `Could not read the record ${path}: ${reasonOf(error)}. Make it readable, or remove it; its JPEGs then count as somebody else's.`,
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

/** A full disk, or a process that was killed, may have left a torn line at the end: it must not tear the next, too. */
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

type LinesByOutput = Map<string, RecordLine[]>;

function linesByOutput(text: string): LinesByOutput {
  const lines: LinesByOutput = new Map();
  for (const one of text.split('\n')) {
    const line = parseLine(one);
    if (line) addTo(lines, line);
  }
  return lines;
}

function addTo(lines: LinesByOutput, line: RecordLine): void {
  const known = lines.get(line.output);
  if (known) known.push(line);
  else lines.set(line.output, [line]);
}

async function rewrite(folder: string, path: string): Promise<void> {
  const lines = linesByOutput(await readRecord(path));
  const kept: RecordLine[] = [];
  for (const name of [...lines.keys()].sort())
    kept.push(...(await validOf(folder, lines.get(name) ?? [])));
  const temporary = temporaryBeside(path);
  try {
    await orFileError(path, writeNewFile(temporary, textOf(kept)));
    await orFileError(path, rename(temporary, path));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The last line that tells of the file that is there; else the last. */
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
