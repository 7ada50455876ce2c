import type { Converter } from '../convert/process/converter.ts';
import type { TaskLog } from '../log.ts';
import type { RetryPolicy } from '../retry.ts';
import type { Storage } from '../storage/client.ts';
import type { TaskDeadlines } from './budget.ts';
import type { TaskSettings } from './settings.ts';

/** What processing needs besides the task's settings. */
export interface ProcessOptions {
  readonly log: TaskLog;
  /** The program's name and version, for provenance. */
  readonly program: string;
  /** Milliseconds since the process started. */
  readonly sinceStart: () => number;
  readonly storageRetry?: RetryPolicy | undefined;
  /** How long the conversion process may say nothing, in milliseconds. */
  readonly silenceMs?: number | undefined;
}

/** A task under way: everything its stages share. */
export interface Job {
  readonly settings: TaskSettings;
  readonly options: ProcessOptions;
  readonly deadlines: TaskDeadlines;
  readonly storage: Storage;
  readonly converter: Converter;
}
