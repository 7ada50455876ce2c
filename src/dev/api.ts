import type { CallbackFault, Faults } from './faults.ts';

/**
 * The JSON of the page's API: types only, so that server and page can both import it. Times are ISO
 * 8601 in UTC.
 */

/** `elsewhere`: a task of a worker started outside the page, known only by its callbacks. */
export type TaskState = 'queued' | 'running' | 'succeeded' | 'failed' | 'elsewhere';

/** A stage of `arke-tiff run`; `start` is everything before the download. */
export type StageName = 'start' | 'download' | 'convert' | 'upload' | 'callback';

/** A task as the list shows it. */
export interface TaskSummary {
  id: string;
  batch_id: string;
  /** The TIFF's name when it was dropped. */
  name: string;
  input_key: string;
  /** `null` if the TIFF was not uploaded here. */
  tiff_bytes: number | null;
  state: TaskState;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  exit_code: number | null;
  output_key: string | null;
  jpeg_bytes: number | null;
  error: string | null;
  /** `failed`: the worker failed in it, or ended without an outcome. */
  stages: { name: StageName; ms: number; failed?: boolean | undefined }[];
  /** Lines of its log that warn. */
  warnings: number;
  /** Its outcome was taken only when a callback was sent again. */
  delivered_by_replay: boolean;
  /** Number of callbacks received, including replays. */
  callbacks: number;
  /** Variables that were chosen for it on the page. */
  settings: Record<string, string>;
}

/** What another server answered to a callback that was forwarded (`--forward-to`). */
export interface ForwardedCallback {
  /** Without a query. */
  url: string;
  /** `null`: no answer. */
  status: number | null;
  /** The beginning of its body. */
  body: string;
  ms: number;
  /** Why there was no answer. */
  error: string | null;
}

/** A variable that may be chosen for a dropped TIFF. */
export interface SettingField {
  name: string;
  /** Its meaning in the table of variables. */
  meaning: string;
  /** Used if it is not set. */
  fallback: string;
  /** The only values, if they are few. */
  choices: readonly string[] | null;
  /** Smallest and largest number. */
  range: readonly [number, number] | null;
}

/** A callback as the orchestrator received it, and what it answered. */
export interface CallbackRecord {
  at: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** Status 0: no answer (`hang`, `lost`). `null`: unknown. */
  answer: { status: number; fault: CallbackFault | null } | null;
  /** Sent by the page's replay, not by a worker. */
  replay: boolean;
  /** Absent if it was not forwarded, or has no answer yet. */
  forwarded?: ForwardedCallback | undefined;
}

/** A task with all that its page shows. */
export interface TaskDetail extends TaskSummary {
  log: string[];
  /**
   * The TIFF's entry in `files` of `arke-tiff inspect --json`, with an `error` if it cannot be
   * read. `null`: the TIFF is unknown.
   */
  facts: unknown | null;
  received: CallbackRecord[];
  /** The task as the orchestrator sees it. `null`: it was not told about it. */
  orchestrator: { status: 'processing' | 'completed' | 'failed'; error: string | null } | null;
  /** Runs it in a shell, secrets read from a file. `null`: its worker was started elsewhere. */
  command: string | null;
}

/** Further lines of a task's log. */
export interface LogLines {
  readonly id: string;
  readonly lines: readonly string[];
}

/** All that the list's page shows. */
export interface DevState {
  version: string;
  tasks: TaskSummary[];
  faults: Faults;
  /** `null`: not limited. */
  limits: { memory_mb: number | null; cpus: number | null; jobs: number };
  /** A worker's variables, with secrets masked. */
  environment: Record<string, string>;
  /** Runs a worker in a shell, with these variables read from a file. */
  command: string;
  /** What may be chosen for a dropped TIFF. */
  settings: readonly SettingField[];
  max_upload_mb: number;
}

/** The result of sending a callback again. */
export interface ReplayResult {
  delivered: boolean;
  status: number | null;
  body: string;
  ms: number;
  error: string | null;
}
