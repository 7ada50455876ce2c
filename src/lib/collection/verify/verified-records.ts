import { constants } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { FileError, messageOf, systemCodeOf } from '../../errors.ts';
import { refuseUnwritable } from '../../local-output.ts';
import { absolutePath } from '../../path-bytes.ts';
import { openRegularFile } from '../../regular-file.ts';
import { unreadableFile } from '../../unreadable-file.ts';
import {
  type OutputRecord,
  openRecord,
  RECORD_NAME,
  type RecordKind,
} from '../record/output-record.ts';
import { parseLine } from '../record/record-line.ts';
import { isOfUserAlone } from '../record/records.ts';

/**
 * The file beside a folder's JPEGs that records which of them were verified. Not the record of what
 * was made, which lets JPEGs be replaced.
 */
export const VERIFIED_NAME = '.arke-tiff-verified.jsonl';

const LOST = 'its JPEGs are then compared again';

/**
 * Throws `FileError` if a file cannot record what is verified, because it cannot be written, or is
 * something else: it would be added to, and rewritten.
 */
export async function refuseOtherRecord(file: string): Promise<void> {
  await refuseUnwritable(file, { makeFolder: false });
  const text = basename(file) === RECORD_NAME ? NO_RECORD_TEXT : await textOf(file);
  const lines = text.split('\n');
  // The last one may be torn.
  const isOurs = (line: string) => parseLine(line)?.settings.startsWith('verify ') === true;
  if (lines.slice(0, -1).every(isOurs) && (lines.length > 1 || text === '')) return;
  throw new FileError(
    `Not written: ${file} is not a record of "verify". Name another file, or one that does not exist.`,
  );
}

const NO_RECORD_TEXT = '-';

async function textOf(path: string): Promise<string> {
  try {
    const file = await openRegularFile(path, constants.O_RDONLY);
    try {
      return await file.readFile('latin1');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw unreadableFile(`the record ${path}`, error);
  }
}

/** What was verified before. A run does without what it cannot read or write. */
export interface VerifiedRecords {
  /** The record that has a JPEG. */
  of(output: string): Promise<OutputRecord>;
  /** Rewrites all of them; returns why some cannot be used. */
  compact(): Promise<readonly FileError[]>;
}

/**
 * Opens no record yet. With a `file`, that is the only one, wherever the JPEGs are; without, each
 * folder of JPEGs has its own, where nobody else may write to the folder: somebody else's record
 * could pass off bad JPEGs as good.
 */
export function openVerifiedRecords(file?: string): VerifiedRecords {
  const records = new Map<string, Promise<OutputRecord>>();
  const failures = new Map<string, FileError>();
  const fail = (path: string, error: unknown) => {
    if (failures.has(path)) return;
    const why = messageOf(error);
    const message = `${why} What was verified is not recorded there: the next run compares it again.`;
    failures.set(path, new FileError(message, { cause: error }));
  };
  const open = async (path: string) => {
    const [folder, name] = [dirname(path), basename(path)];
    try {
      if (file === undefined && !(await isOfUserAlone(folder, name)))
        throw new FileError(
          `${folder} or ${path} belongs to another user, or others may write to it. Name a record with --record.`,
        );
      return harmless(await openRecord(folder, { name, lost: LOST } satisfies RecordKind), path);
    } catch (error) {
      fail(path, error);
      return NO_RECORD;
    }
  };
  const harmless = (record: OutputRecord, path: string): OutputRecord => ({
    linesOf: record.linesOf,
    append: (lines) => record.append(lines).catch((error: unknown) => fail(path, error)),
    compact: () => record.compact().catch((error: unknown) => fail(path, error)),
  });
  const openOnce = (path: string) => {
    const known = records.get(path) ?? open(path);
    records.set(path, known);
    return known;
  };
  return {
    of: async (output) => {
      const folder = absolutePath(dirname(output));
      if (file === undefined) return openOnce(join(folder, VERIFIED_NAME));
      const path = absolutePath(file);
      return below(relative(dirname(path), folder), await openOnce(path));
    },
    compact: async () => {
      for (const record of records.values()) await (await record).compact();
      return [...failures.values()];
    },
  };
}

/** A record's part that has the JPEGs of a folder; in the record, their paths begin with it. */
function below(folder: string, record: OutputRecord): OutputRecord {
  const pathOf = (name: string) => join(folder, name).replaceAll(sep, '/');
  return {
    ...record,
    linesOf: (name) => record.linesOf(pathOf(name)),
    append: (lines) =>
      record.append(lines.map((line) => ({ ...line, output: pathOf(line.output) }))),
  };
}

const NO_RECORD: OutputRecord = {
  linesOf: () => [],
  append: async () => {},
  compact: async () => {},
};
