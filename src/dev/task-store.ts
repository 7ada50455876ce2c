import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOutput } from '../lib/local-output.ts';
import type { CallbackRecord, TaskSummary } from './api.ts';

/** All that is known of a task. */
export interface TaskRecord {
  summary: TaskSummary;
  log: string[];
  received: CallbackRecord[];
  /** What the TIFF says of itself; `null` until somebody wants to know. */
  facts: unknown;
}

/** Keeps tasks from one start to the next. */
export interface TaskStore {
  /** All that were kept, the oldest first; what cannot be read is left out. */
  load(): Promise<TaskRecord[]>;
  /** Keeps a task as it is by then; the last call counts. */
  save(record: TaskRecord): void;
  /** Resolves when all has been written. */
  settled(): Promise<void>;
}

/**
 * Keeps each task in a file of its own. Its name is a hash: ids come from whoever sends callbacks.
 *
 * @param onFailure told what could not be written
 */
export function openTaskStore(folder: string, onFailure: (error: unknown) => void): TaskStore {
  const waiting = new Set<TaskRecord>();
  const writing = new Map<TaskRecord, Promise<void>>();

  const write = async (record: TaskRecord) => {
    while (waiting.delete(record)) {
      const text = `${JSON.stringify(record)}\n`;
      const path = join(folder, fileNameOf(record.summary.id));
      await writeOutput(path, { force: true }, (temporary) => writeFile(temporary, text)).catch(
        onFailure,
      );
    }
    writing.delete(record);
  };
  return {
    async load() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const records = await Promise.all(names.map((name) => readRecord(join(folder, name))));
      return records
        .filter((record) => record !== undefined)
        .sort((a, b) => (a.summary.created_at < b.summary.created_at ? -1 : 1));
    },
    save(record) {
      waiting.add(record);
      if (!writing.has(record)) writing.set(record, write(record));
    },
    async settled() {
      while (writing.size > 0) await Promise.all(writing.values());
    },
  };
}

/** What a task's files are called, without an ending: no id reaches the file system. */
export function markOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}

function fileNameOf(id: string): string {
  return `${markOf(id)}.json`;
}

/** A file that was damaged is as good as none. */
async function readRecord(path: string): Promise<TaskRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as Partial<TaskRecord>;
    const { summary, log, received, facts = null } = record;
    return summary && log && received ? { summary, log, received, facts } : undefined;
  } catch {
    return undefined;
  }
}
