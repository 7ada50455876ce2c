import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeOutput } from '../lib/local-output.ts';
import type { CallbackRecord, TaskSummary } from './api.ts';

/** All that is known of a task. */
export interface TaskRecord {
  summary: TaskSummary;
  log: string[];
  received: CallbackRecord[];
  /** The TIFF's facts; `null` until asked for. */
  facts: unknown;
}

/** What is known of a task before its worker runs, for the first time or again. */
export const notRun = {
  started_at: null,
  ended_at: null,
  exit_code: null,
  output_key: null,
  jpeg_bytes: null,
  error: null,
  stages: [],
  warnings: 0,
  delivered_by_replay: false,
} satisfies Partial<TaskSummary>;

/** Keeps tasks between starts. */
export interface TaskStore {
  /** All saved tasks, oldest first; unreadable ones are skipped. */
  load(): Promise<TaskRecord[]>;
  /** Saves the task's current state; the last call wins. */
  save(record: TaskRecord): void;
  /** Removes what is saved of a task. */
  remove(id: string): void;
  /** Resolves when all has been written. */
  settled(): Promise<void>;
}

/**
 * Keeps each task in its own file. The name is a hash, because callbacks determine ids.
 *
 * @param onFailure receives write errors
 */
export function openTaskStore(folder: string, onFailure: (error: unknown) => void): TaskStore {
  /** What is to be in a task's file; `null`: no file. */
  const waiting = new Map<string, TaskRecord | null>();
  const writing = new Map<string, Promise<void>>();

  const write = async (id: string) => {
    const path = join(folder, fileNameOf(id));
    for (let next = waiting.get(id); next !== undefined; next = waiting.get(id)) {
      waiting.delete(id);
      await (next === null ? rm(path, { force: true }) : saveRecord(path, next)).catch(onFailure);
    }
    writing.delete(id);
  };
  const put = (id: string, record: TaskRecord | null) => {
    waiting.set(id, record);
    if (!writing.has(id)) writing.set(id, write(id));
  };
  return {
    async load() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const records = await Promise.all(names.map((name) => readRecord(join(folder, name))));
      return records
        .filter((record) => record !== undefined)
        .sort((a, b) => (a.summary.created_at < b.summary.created_at ? -1 : 1));
    },
    save: (record) => put(record.summary.id, record),
    remove: (id) => put(id, null),
    async settled() {
      while (writing.size > 0) await Promise.all(writing.values());
    },
  };
}

/** The base name of a task's files: no id reaches the file system. */
export function markOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}

function fileNameOf(id: string): string {
  return `${markOf(id)}.json`;
}

function saveRecord(path: string, record: TaskRecord): Promise<void> {
  const text = `${JSON.stringify(record)}\n`;
  return writeOutput(path, { force: true }, (temporary) => writeFile(temporary, text));
}

/** A damaged file counts as missing. */
async function readRecord(path: string): Promise<TaskRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as Partial<TaskRecord>;
    const { summary, log, received, facts = null } = record;
    if (!summary || !log || !received) return undefined;
    // One of an earlier version lacks what has come since.
    return {
      summary: { ...notRun, ...summary, settings: summary.settings ?? {} },
      log,
      received,
      facts,
    };
  } catch {
    return undefined;
  }
}
