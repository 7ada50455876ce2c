import type { DevState } from './api.ts';
import type { DevEvents } from './dev-events.ts';
import type { DevTasks } from './dev-tasks.ts';
import type { BucketAccess } from './sandbox/bucket.ts';

/** Options of `startDev`. */
export interface DevOptions {
  /** Where everything is kept; created if missing. */
  readonly folder: string;
  /** Port of the orchestrator; page and R2 use the next two. 0: three free ports. */
  readonly port: number;
  /** How many tasks run at once. */
  readonly jobs: number;
  /** Memory of each task's machine, in MB. */
  readonly memoryMb: number;
  /** The largest upload, in MB of 1024 × 1024 bytes. */
  readonly maxUploadMb: number;
  /** Where to write the variables of a worker. */
  readonly envFile?: string | undefined;
  /** Where each callback is forwarded to; `{batch_id}` and `{task_id}` are filled in. */
  readonly forwardTo?: string | undefined;
  /** What this program calls itself towards servers. */
  readonly program: string;
  /**
   * The parts of this process's environment that workers need: where programs and temporary files
   * are.
   */
  readonly systemVariables: Readonly<Record<string, string>>;
  /** How long the fault `down` lasts, in milliseconds; for tests. */
  readonly downMs?: number;
  /** Receives problems outside the tasks. */
  readonly onTrouble: (message: string) => void;
  /** Aborts starting; a started dev is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/** A local stand-in for R2 and the orchestrator that runs tasks, with a page. */
export interface LocalDev {
  /** Base addresses; those of page and orchestrator without a trailing slash. */
  readonly addresses: {
    readonly page: string;
    readonly orchestrator: string;
    readonly endpoint: string;
  };
  /** Whether there is a page: only with a build. */
  readonly hasPage: boolean;
  readonly bucketName: string;
  /** The variables of a worker for the example's task, secrets included. */
  readonly variables: Readonly<Record<string, string>>;
  /** Lines that set them in a shell. */
  readonly exportLines: readonly string[];
  readonly tasks: DevTasks;
  readonly bucket: BucketAccess;
  readonly events: Pick<DevEvents, 'listen'>;
  state(): DevState;
  /** Ends everything, workers included; may be called more than once. */
  stop(): Promise<void>;
}
