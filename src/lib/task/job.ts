import type { Converter } from '../convert/process/converter.ts';
import type { TaskLog, WorkStage } from '../log.ts';
import type { RetryPolicy } from '../retry.ts';
import type { Storage } from '../storage/client.ts';
import type { Patience } from '../storage/patience.ts';
import type { TaskDeadlines } from './budget.ts';
import type { TaskSettings } from './settings.ts';
import type { Stopping, StopTimes } from './stopping.ts';

/**
 * How long a task waits for others, and how often it asks again. What is not said has the default of
 * its owner; there is no setting for any of it, as a task has no use for one. Tests are less patient.
 */
export interface TaskPatience {
  /** Of one attempt at a request to R2. */
  readonly storage?: Patience;
  readonly storageRetry?: RetryPolicy;
  /** How long the conversion process may say nothing, in milliseconds. */
  readonly silenceMs?: number;
  /** How long one attempt at the callback may take, in milliseconds. */
  readonly callbackMs?: number;
  readonly callbackRetry?: RetryPolicy;
  /** What a task has done by when after a stop signal. */
  readonly stop?: Partial<StopTimes>;
  /** How long a callback may take after a stop signal, and however late it is, in milliseconds. */
  readonly lastCallbackMs?: number;
}

/** What processing needs besides the task's settings. */
export interface ProcessOptions {
  readonly log: TaskLog;
  /** The program's name and version, for provenance. */
  readonly program: string;
  /** Milliseconds since the process started. */
  readonly sinceStart: () => number;
  readonly patience?: TaskPatience | undefined;
}

/** A task under way: everything its stages share. */
export interface Job {
  readonly settings: TaskSettings;
  readonly options: ProcessOptions;
  readonly deadlines: TaskDeadlines;
  readonly stopping: Stopping;
  readonly storage: Storage;
  readonly converter: Converter;
  /** Told which stage is under way. */
  readonly onStage: (stage: WorkStage) => void;
  /** Says in the log which keys belong to somebody else. */
  readonly warnOfTaken: (keys: readonly string[]) => void;
}
