/*
 * Documents: the types of everything that commands write as JSON, in one place, because programs
 * read it. At build time `docs/schemas.ts` makes a JSON Schema of each for the package, and
 * `docs/json-page.ts` the page docs/json.md; tests hold whatever the program writes to the schemas.
 *
 * Fields are in snake_case; times are milliseconds, sizes bytes, unless the name says otherwise. A
 * doc comment here is what a reader of the page gets. What a run tells (`../collection/events.ts`),
 * an inspection, a report and a callback have their types where they are made; this file names
 * them.
 *
 * Must never happen: a field that changes its meaning, or goes, without a new major version; a
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
  /** For people: what, why, and what to do. */
  readonly message: string;
}

/** What every command with `--json` says when it could not begin, or had to give up as a whole. */
export interface ErrorDocument {
  readonly error: ToldError;
}

/** What `inspect --json` says. */
export type InspectionDocument = SnakeCased<InspectionFindings>;

/** The same with the names that the inspection has; `InspectionDocument` and its schema have them in snake_case. */
export interface InspectionFindings {
  /** In the order in which they were given or found. */
  readonly files: readonly InspectedFile[];
  readonly summary: InspectionSummary;
  /** What could not be read when TIFFs were searched for. */
  readonly unread: readonly UnreadPath[];
  /** What was said of all of them. */
  readonly warnings: readonly CollectionWarning[];
}

/** A TIFF and what was found in it. */
export type InspectedFile =
  | ({
      /** A path, `r2://` and a key, or `-` for stdin. */
      readonly input: string;
      /** Whether converting it would certainly fail, and `error` says by what. */
      readonly status: 'ok' | 'would_fail';
    } & Inspection)
  | UninspectedFile;

/** A file in which there is nothing to be inspected. */
export interface UninspectedFile {
  /** A path, `r2://` and a key, or `-` for stdin. */
  readonly input: string;
  /** Whether converting it would fail for the same reason, or R2 could not be asked for it. */
  readonly status: 'would_fail' | 'failed';
  readonly error: ToldError;
}

/** What an inspection of several files came to. */
export interface InspectionSummary
  extends Pick<CollectionSummary, 'files' | 'failed' | 'folders_unread' | 'files_unread'> {
  readonly ok: number;
  readonly would_fail: number;
}

/** What `upload --json` says. */
export interface UploadDocument {
  readonly bucket: string;
  readonly files: readonly (UploadedFile | FailedUpload)[];
}

/** A file that is in R2 now. */
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

/** What `download --json` says. */
export interface DownloadDocument {
  readonly key: string;
  readonly bucket: string;
  /** Where it lies now. */
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
  readonly content_type: string | undefined;
  readonly ms: number;
}

/** What `run --json` says of its task. */
export interface TaskDocument {
  /** The body that was called back, or should have been; absent when nobody knows whom to call. */
  readonly payload?: CallbackPayload | undefined;
  /** Why the task could not even begin. */
  readonly error?: ToldError | undefined;
  /** Whether the orchestrator took it. */
  readonly delivered: boolean;
  /** The exit code of the command. */
  readonly exit_code: 0 | 1;
}

/** What `callback`, or a part of it, says with `--json`, by what it was asked to do. */
export type CallbackDocument =
  | CallbackSent
  | CallbackToSend
  | CallbacksOfLog
  | OutboxTold
  | StoredRequestChecked;

/** A callback that was sent, whether or not the orchestrator took it. */
export interface CallbackSent {
  readonly delivered: boolean;
  /** Of the answer, as its body; absent when there was none. */
  readonly status?: number | undefined;
  readonly body?: string | undefined;
  /** Why it was not delivered. */
  readonly error?: ToldError | undefined;
  readonly attempts: number;
  readonly ms: number;
  /** As it was sent, without what must not be seen. */
  readonly request: CallbackRequestTold;
}

/** A request as it may be seen. */
export interface CallbackRequestTold {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** With `--dry-run`: a callback that would be sent. */
export interface CallbackToSend extends CallbackRequestTold {
  /** The same as a command line of curl. */
  readonly curl: string;
}

/** A callback that is not sent, and why. */
export interface CallbackNotSent {
  readonly delivered: false;
  readonly error: ToldError;
}

/** Of which task a callback tells what. */
export interface CallbackOutcome {
  readonly task_id: string;
  readonly batch_id: string;
  readonly outcome: 'success' | 'error';
}

/** Of `callback replay FILE`: what became of the callbacks that the log has. */
export interface CallbacksOfLog {
  readonly callbacks: readonly CallbackOfLog[];
  /** How many are of other tasks than `--task-id` and `--batch-id` say. */
  readonly skipped: number;
}

/** Of `callback pending`: what became of what lies in the outbox. */
export interface OutboxTold {
  readonly entries: readonly OutboxEntryTold[];
  /** How many are of other tasks than `--task-id` and `--batch-id` say. */
  readonly skipped: number;
}

/** A callback that a log has. */
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
            /** Why it is still in the outbox though it was delivered, or still claimed though it was not. */
            readonly leftover?: string | undefined;
          } & CallbackSent)
        | { readonly state: 'obsolete' | 'busy' | 'unsigned' | 'refused'; readonly reason: string }
        | {
            /** With `--discard`: dropped, or what would be. */
            readonly state: 'discarded' | 'discardable';
            /** Why it could not be delivered, the last time that it was tried. */
            readonly reason: string;
            readonly created_at: string;
            readonly body: string;
          }
      ))
  | { readonly key: string; readonly state: 'corrupt'; readonly reason: string };

/** What `batch --report-to --json` says: what was converted, and whether the orchestrator has each picture. */
export interface BatchReportDocument extends CollectionDocument {
  /** One for each TIFF, in their order. */
  readonly callbacks: readonly BatchCallback[];
  /** Whether the orchestrator has all chosen pictures, or would have them after what a dry run has planned. */
  readonly complete: boolean;
}

/** How the success of a TIFF stands with the orchestrator. */
export interface BatchCallback {
  /**
   * - `to_convert`, `to_send`: only of a dry run
   * - `delivered`: by this run
   * - `already_delivered`: a mark in the outbox or a log says so
   * - `too_late`: the orchestrator does not know the task or the batch any more
   * - `not_confirmed`: it was sent, and the answer was lost; it is kept in the outbox
   * - `unknown`: it may have been delivered, as a JPEG that was there before; it was not sent
   * - `busy`: another process is sending it
   * - `held`: it must not be sent: its task is not certain, or was reported with another picture
   * - `not_converted`: there is no JPEG
   * - `failed`: it was not taken
   * - `left`: the run was stopped before
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
  /** The key of the JPEG, where there is one. */
  readonly output?: string | undefined;
  readonly task_id: string;
  readonly batch_id: string;
  /** Why it stands so, for people. */
  readonly reason?: string | undefined;
  /** The last attempt. */
  readonly sent?: CallbackSent | undefined;
}

/** Of `callback verify`: what was found of the signature of a stored request. */
export interface StoredRequestChecked {
  readonly valid: boolean;
  readonly checks: readonly HeaderCheck[];
}

/** What `dev --json` says when all has started. */
export interface DevDocument {
  /** Addresses. */
  readonly page: string;
  readonly orchestrator: string;
  readonly endpoint: string;
  /** The variables for a task, by name. */
  readonly environment: Readonly<Record<string, string>>;
}
