import type { CallbackFault, Faults } from './faults.ts';

/**
 * The JSON of the page's API, as the engine sends it and the page reads it: types only, so that
 * both sides may import it. Times are ISO 8601 in UTC.
 */

/** `elsewhere`: a task of somebody else's worker, known by its callbacks only. */
export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed' | 'elsewhere';

/** A stage of `arke-tiff run`; `start` is all that comes before the download. */
export type StageName = 'start' | 'download' | 'convert' | 'upload' | 'callback';

/** A task as the list shows it. */
export interface TaskSummary {
  id: string;
  batch_id: string;
  /** What the TIFF was called when it was dropped. */
  name: string;
  input_key: string;
  /** `null` where the TIFF is somebody else's. */
  tiff_bytes: number | null;
  state: TaskState;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  exit_code: number | null;
  output_key: string | null;
  jpeg_bytes: number | null;
  error: string | null;
  stages: { name: StageName; ms: number }[];
  /** How many callbacks were received, replays included. */
  callbacks: number;
}

/** A callback as the orchestrator received it, and what it answered. */
export interface CallbackRecord {
  at: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Status 0: it gets none (`hang`, `lost`). `null`: not known. */
  answer: { status: number; fault: CallbackFault | null } | null;
  /** Sent by the page's replay, not by a worker. */
  replay: boolean;
}

/** A task with all that its page shows. */
export interface TaskDetail extends TaskSummary {
  log: string[];
  /**
   * What `arke-tiff inspect --json` says of this TIFF: its entry in `files`, which has an `error` where the
   * TIFF cannot be read. `null`: the TIFF is not known.
   */
  facts: unknown | null;
  received: CallbackRecord[];
  /** What the orchestrator makes of the task. `null`: it was not told of it. */
  orchestrator: { status: 'processing' | 'completed' | 'failed'; error: string | null } | null;
}

/** All that the list's page shows. */
export interface DevState {
  version: string;
  tasks: TaskSummary[];
  faults: Faults;
  /** `null`: not limited. */
  limits: { memory_mb: number | null; cpus: number | null; jobs: number };
  /** What a worker is to be started with; secrets are masked. */
  environment: Record<string, string>;
  max_upload_mb: number;
}

/** What came of sending a callback again. */
export interface ReplayResult {
  delivered: boolean;
  status: number | null;
  body: string;
  ms: number;
  error: string | null;
}
