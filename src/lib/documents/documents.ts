/*
 * Documents: the types of everything that commands write as JSON, in one place, because programs
 * read it. At build time `docs/schemas.ts` makes a JSON Schema of each for the package, and
 * `docs/json-page.ts` the page docs/json.md; tests check the program's output against the schemas.
 *
 * Fields are in snake_case; times are milliseconds, sizes bytes, unless the name says otherwise.
 * The page shows the doc comments of this file. The types of a run's events
 * (`../collection/events.ts`), an inspection, a report and a callback are defined where these are
 * made; this file names them.
 *
 * Must never happen: a field that is removed or changes its meaning without a new major version; a
 * secret.
 */
import type { CallbackPayload } from '../callback/payload.ts';
import type { HeaderCheck } from '../callback/verify-request.ts';
import type {
  CollectionDocument,
  CollectionSummary,
  CollectionWarning,
  UnreadPath,
} from '../collection/events.ts';
import type { Inspection } from '../convert/inspect/inspection.ts';
import type { SnakeCased } from '../snake-case.ts';

export type { CollectionDocument, CollectionEvent } from '../collection/events.ts';
export type { ReportDocument } from '../report/json.ts';

/** What went wrong. */
export interface ToldError {
  /** For programs. */
  readonly code: string;
  /** For people: what happened, why, and what to do. */
  readonly message: string;
}

/** The output of every command with `--json` that could not begin, or failed as a whole. */
export interface ErrorDocument {
  readonly error: ToldError;
}

/** The output of `inspect --json`. */
export type InspectionDocument = SnakeCased<InspectionFindings>;

/**
 * The same with the field names of the inspection; `InspectionDocument` and its schema have them in
 * snake_case.
 */
export interface InspectionFindings {
  /** In the order in which they were given or found. */
  readonly files: readonly InspectedFile[];
  readonly summary: InspectionSummary;
  /** What could not be read while searching for TIFFs. */
  readonly unread: readonly UnreadPath[];
  /** Warnings about the inspection as a whole. */
  readonly warnings: readonly CollectionWarning[];
}

/** A TIFF and the findings about it. */
export type InspectedFile =
  | ({
      /** A path, `r2://` and a key, or `-` for stdin. */
      readonly input: string;
      /** Whether a conversion would certainly fail; `error` then says why. */
      readonly status: 'ok' | 'would_fail';
    } & Inspection)
  | UninspectedFile;

/** A file that cannot be inspected. */
export interface UninspectedFile {
  /** A path, `r2://` and a key, or `-` for stdin. */
  readonly input: string;
  /** Whether a conversion would fail for the same reason, or R2 could not be reached. */
  readonly status: 'would_fail' | 'failed';
  readonly error: ToldError;
}

/** The summary of an inspection of several files. */
export interface InspectionSummary
  extends Pick<CollectionSummary, 'files' | 'failed' | 'folders_unread' | 'files_unread'> {
  readonly ok: number;
  readonly would_fail: number;
}

/** The output of `upload --json`. */
export interface UploadDocument {
  readonly bucket: string;
  readonly files: readonly (UploadedFile | FailedUpload)[];
}

/** An uploaded file. */
export interface UploadedFile {
  readonly status: 'uploaded';
  readonly path: string;
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly content_type: string;
  readonly ms: number;
}

/** A file that could not be uploaded. */
export interface FailedUpload {
  readonly status: 'failed';
  readonly path: string;
  readonly key: string;
  readonly error: ToldError;
}

/** The output of `download --json`. */
export interface DownloadDocument {
  readonly key: string;
  readonly bucket: string;
  /** The path of the downloaded file. */
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
  readonly content_type: string | undefined;
  readonly ms: number;
}

/** The output of `run --json`. */
export interface TaskDocument {
  /** The callback's body, sent or not; absent if the callback address is unknown. */
  readonly payload?: CallbackPayload | undefined;
  /** Why the task could not begin. */
  readonly error?: ToldError | undefined;
  /** Whether the orchestrator accepted it. */
  readonly delivered: boolean;
  /** The exit code of the command. */
  readonly exit_code: 0 | 1;
}

/** The output of `callback` and its subcommands with `--json`, by operation. */
export type CallbackDocument =
  | CallbackSent
  | CallbackToSend
  | CallbacksOfLog
  | OutboxTold
  | StoredRequestChecked;

/** A callback that was sent, whether or not the orchestrator accepted it. */
export interface CallbackSent {
  readonly delivered: boolean;
  /** Status of the answer; it and `body` are absent if there was no answer. */
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  /** Why it was not delivered. */
  readonly error?: ToldError | undefined;
  readonly attempts: number;
  readonly ms: number;
  /** The request as it was sent, with secrets masked. */
  readonly request: CallbackRequestTold;
}

/** A request that is safe to show. */
export interface CallbackRequestTold {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** With `--dry-run`: a callback that would be sent. */
export interface CallbackToSend extends CallbackRequestTold {
  /** The same request as a curl command line. */
  readonly curl: string;
}

/** A callback that is not sent, with the reason. */
export interface CallbackNotSent {
  readonly delivered: false;
  readonly error: ToldError;
}

/** The task and outcome of a callback. */
export interface CallbackOutcome {
  readonly task_id: string;
  readonly batch_id: string;
  readonly outcome: 'success' | 'error';
}

/** `callback replay FILE`: what became of the log's callbacks. */
export interface CallbacksOfLog {
  readonly callbacks: readonly CallbackOfLog[];
  /** How many belong to other tasks than `--task-id` and `--batch-id` select. */
  readonly skipped: number;
}

/** `callback pending`: what became of the objects in the outbox. */
export interface OutboxTold {
  readonly entries: readonly OutboxEntryTold[];
  /** How many belong to other tasks than `--task-id` and `--batch-id` select. */
  readonly skipped: number;
}

/** A callback found in a log. */
export type CallbackOfLog = CallbackOutcome & {
  /** The line of the log, counted from 1. */
  readonly line: number;
} & (CallbackSent | CallbackToSend | CallbackNotSent);

/** What became of an object in the outbox. */
export type OutboxEntryTold =
  | (CallbackOutcome & { readonly key: string } & (
        | ({ readonly state: 'pending' } & CallbackToSend)
        | ({
            readonly state: 'delivered' | 'failed';
            /**
             * Why it is still in the outbox although it was delivered, or still claimed although it
             * was not.
             */
            readonly leftover?: string | undefined;
          } & CallbackSent)
        | { readonly state: 'obsolete' | 'busy' | 'unsigned' | 'refused'; readonly reason: string }
        | {
            /** With `--discard`: discarded, or would be. */
            readonly state: 'discarded' | 'discardable';
            /** Why the last attempt failed. */
            readonly reason: string;
            readonly created_at: string;
            readonly body: string;
          }
      ))
  | { readonly key: string; readonly state: 'corrupt'; readonly reason: string };

/**
 * The output of `batch --report-to --json`: what was converted, and whether the orchestrator has
 * each picture.
 */
export interface BatchReportDocument extends CollectionDocument {
  /** One for each TIFF, in order. */
  readonly callbacks: readonly BatchCallback[];
  /**
   * Whether the orchestrator has all selected pictures, or would have them after a dry run's plan.
   */
  readonly complete: boolean;
}

/** The state of a TIFF's success at the orchestrator. */
export interface BatchCallback {
  /**
   * `to_convert`, `to_send`: only in a dry run. `delivered`: by this run. `already_delivered`:
   * according to a mark in the outbox or a log. `too_late`: the orchestrator no longer knows the
   * task or the batch. `not_confirmed`: sent, but the answer was lost; kept in the outbox.
   * `unknown`: may have been delivered, because the JPEG existed before; not sent. `busy`: another
   * process is sending it. `held`: must not be sent: its task is uncertain, or was reported with
   * another picture. `not_converted`: there is no JPEG. `failed`: not accepted. `left`: the run was
   * stopped before its turn.
   */
  readonly state:
    | 'to_convert'
    | 'to_send'
    | 'delivered'
    | 'already_delivered'
    | 'too_late'
    | 'not_confirmed'
    | 'unknown'
    | 'busy'
    | 'held'
    | 'not_converted'
    | 'failed'
    | 'left';
  /** The key of the TIFF. */
  readonly input: string;
  /** The key of the JPEG, if there is one. */
  readonly output?: string | undefined;
  readonly task_id: string;
  readonly batch_id: string;
  /** Why it has this state, for people. */
  readonly reason?: string | undefined;
  /** The last attempt. */
  readonly sent?: CallbackSent | undefined;
}

/** `callback verify`: the result of checking a stored request's signature. */
export interface StoredRequestChecked {
  readonly valid: boolean;
  readonly checks: readonly HeaderCheck[];
}

/** The output of `dev --json` once everything has started. */
export interface DevDocument {
  /** Addresses. */
  readonly page: string;
  readonly orchestrator: string;
  readonly endpoint: string;
  /** The variables for a task, by name. */
  readonly environment: Readonly<Record<string, string>>;
}
