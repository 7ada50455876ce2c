import type { DevState } from './api.ts';
import type { DevEvents } from './dev-events.ts';
import type { DevTasks } from './dev-tasks.ts';
import type { BucketAccess } from './sandbox/bucket.ts';

/** What may be chosen about a dev. */
export interface DevOptions {
  /** Where everything is kept; made when it is missing. */
  readonly folder: string;
  /** Of the orchestrator; page and R2 are at the two after it. 0: three that are free. */
  readonly port: number;
  /** How many tasks run at once. */
  readonly jobs: number;
  /** Memory of the machine that each task is to find, in MB. */
  readonly memoryMb: number;
  /** The largest TIFF that is taken from the page, in MB of 1024 × 1024 bytes. */
  readonly maxUploadMb: number;
  /** Where to write the variables of a worker. */
  readonly envFile?: string | undefined;
  /** What this program calls itself towards servers. */
  readonly program: string;
  /** What workers get of this process's environment: where programs and temporary files are. */
  readonly systemVariables: Readonly<Record<string, string>>;
  /** How long the fault `down` lasts, in milliseconds; as its name says unless told. */
  readonly downMs?: number;
  /** Told what goes wrong beside the tasks. */
  readonly onTrouble: (message: string) => void;
  /** Gives up starting; what has started is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/** A local stand-in for R2 and the orchestrator that runs tasks, with a page. */
export interface LocalDev {
  /** Base addresses: of the page and the orchestrator without a slash at their end. */
  readonly addresses: {
    readonly page: string;
    readonly orchestrator: string;
    readonly endpoint: string;
  };
  /** Whether there is a page: without a build there is none. */
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
