import type { Converter } from '../convert/process/converter.ts';
import type { TaskLog, WorkStage } from '../log.ts';
import type { RetryPolicy } from '../retry.ts';
import type { Storage } from '../storage/client.ts';
import type { Patience } from '../storage/patience.ts';
import type { TaskDeadlines } from './budget.ts';
import type { StageSettings } from './settings.ts';
import type { Stopping, StopTimes } from './stopping.ts';

/**
 * How patient a task is. Unset fields use the owning module's default; only tests set them, and
 * there are no settings for them.
 */
export interface TaskPatience {
  /** Of one attempt at a request to R2. */
  readonly storage?: Patience;
  readonly storageRetry?: RetryPolicy;
  /** How long the conversion process may be silent, in milliseconds. */
  readonly silenceMs?: number;
  /** How long one callback attempt may take, in milliseconds. */
  readonly callbackMs?: number;
  readonly callbackRetry?: RetryPolicy;
  /** What a task must have done, by when after a stop signal. */
  readonly stop?: Partial<StopTimes>;
  /** The least time for a callback after a stop signal, and however late it is, in milliseconds. */
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

/** The shared state of a running task's stages. */
export interface RunningTask {
  readonly settings: StageSettings;
  readonly options: ProcessOptions;
  readonly deadlines: TaskDeadlines;
  readonly stopping: Stopping;
  readonly storage: Storage;
  readonly converter: Converter;
  /** Called when a stage begins. */
  readonly onStage: (stage: WorkStage) => void;
  /** Logs that keys hold foreign objects. */
  readonly warnOfTaken: (keys: readonly string[]) => void;
}
