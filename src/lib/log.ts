import type { ErrorCode } from './errors.ts';
import { decisionText, type PlanDecision, toRoundMegabytes } from './plan-words.ts';
import { escapeControls, type Redactor, redactValues } from './redact.ts';
import { type ReceiverAnswer, shownAnswer } from './shown-answer.ts';

/** The formats of a task's log. */
export const logFormats = ['text', 'json'] as const;
/** The format of a task's log: the contract's lines, or one JSON event per line. */
export type LogFormat = (typeof logFormats)[number];

/** The version of the JSON events: raised when a field is removed or changes its meaning. */
export const LOG_VERSION = 1;

/** A stage of a task before its callback. */
export type WorkStage = 'download' | 'convert' | 'upload';
/** The stages of a task. */
export type Stage = WorkStage | 'callback';

/** Why a task failed. */
export interface TaskFailure {
  /** The error's code: `OBJECT_NOT_FOUND`, `NOT_A_TIFF`, …; `UNEXPECTED` for a bug of ours. */
  readonly code: ErrorCode;
  /** The stage that failed or was under way; `settings` if the task could not begin. */
  readonly stage: Stage | 'settings';
  /** What happened, for people. */
  readonly error: string;
}

/** How a TIFF is converted, and the predicted cost. */
interface PlanFields extends PlanDecision {
  readonly predicted_peak_bytes: number;
  readonly predicted_cpu_seconds: number;
}

/** The number of a further page if all are converted; absent for the first or only one. */
interface OfPage {
  readonly page?: number | undefined;
}

/** The orchestrator's answer to an attempt at the callback. */
interface Answered {
  readonly answer?: ReceiverAnswer | undefined;
}

/** Something that happened in a task. Times in milliseconds, sizes in bytes. */
export type TaskEvent =
  | { readonly event: 'task.started'; readonly input_r2_key: string }
  | { readonly event: 'tiff.downloaded'; readonly bytes: number; readonly ms: number }
  | { readonly event: 'jpeg.converted'; readonly bytes: number; readonly ms: number }
  | { readonly event: 'jpeg.uploaded'; readonly output_r2_key: string; readonly ms: number }
  /** The same for a further page. */
  | {
      readonly event: 'page.converted';
      readonly page: number;
      readonly bytes: number;
      readonly ms: number;
    }
  | {
      readonly event: 'page.uploaded';
      readonly page: number;
      readonly output_r2_key: string;
      readonly bytes: number;
      readonly ms: number;
    }
  | { readonly event: 'task.succeeded'; readonly ms: number }
  | ({ readonly event: 'task.failed' } & TaskFailure & Answered)
  | ({
      readonly event: 'conversion.planned';
      readonly memory_limit_bytes: number;
      readonly cpu_limit_seconds: number;
    } & PlanFields &
      OfPage)
  /** A plan failed, and another one follows. */
  | ({
      readonly event: 'conversion.replanned';
      readonly code: string;
      readonly message: string;
    } & OfPage)
  | ({
      readonly event: 'conversion.measured';
      readonly peak_bytes: number;
      readonly cpu_seconds: number;
    } & PlanFields &
      OfPage)
  | { readonly event: 'note'; readonly code: string; readonly message: string }
  | ({ readonly event: 'warning'; readonly code: string; readonly message: string } & OfPage)
  | ({
      readonly event: 'retry';
      readonly stage: Stage;
      readonly attempt: number;
      readonly delay_ms: number;
      readonly reason: string;
    } & Answered)
  | {
      readonly event: 'callback.undelivered';
      readonly body: string;
      readonly reason: string;
      /** How long attempts continue; absent if they have ended. */
      readonly continues_ms?: number | undefined;
      /** Whether it was probably accepted, without a confirmation. */
      readonly probably_taken?: boolean | undefined;
    };

/** Receives the events of a task. */
export type TaskLog = (event: TaskEvent) => void;

/** What `createTaskLog` needs. */
export interface TaskLogOptions {
  readonly taskId: string;
  readonly batchId: string;
  readonly format: LogFormat;
  readonly redact: Redactor;
  /** Receives one line, without its line end. */
  readonly write: (line: string) => void;
}

/** A log that writes lines in the given format, without secrets and control characters. */
export function createTaskLog({ taskId, batchId, format, redact, write }: TaskLogOptions): TaskLog {
  const ids = { task_id: taskId, batch_id: batchId };
  return (told) => {
    const event = withShownAnswer(told, redact);
    const line = format === 'json' ? jsonLine(ids, event, redact) : textLine(taskId, event, redact);
    write(escapeControls(line));
    // The body has its own line, exactly as it was sent, so that it can be sent again.
    if (format === 'text' && event.event === 'callback.undelivered') write(event.body);
  };
}

function withShownAnswer(event: TaskEvent, redact: Redactor): TaskEvent {
  if (!('answer' in event) || !event.answer) return event;
  return { ...event, answer: shownAnswer(event.answer, redact) };
}

function jsonLine(
  ids: { readonly task_id: string; readonly batch_id: string },
  { event, ...fields }: TaskEvent,
  redact: Redactor,
): string {
  const head = { v: LOG_VERSION, time: new Date().toISOString(), level: levelOf(event) };
  const { body, answer, ...told } = fields as { body?: string } & Answered;
  // Without a member called "body": a search of the log would take it for an undelivered callback.
  const answered = answer && { answer_status: answer.status, answer: answer.body };
  const rest = redactValues({ event, ...ids, ...told, ...answered }, redact) as object;
  return JSON.stringify({ ...head, ...rest, ...(body === undefined ? {} : { body }) });
}

function textLine(taskId: string, event: TaskEvent, redact: Redactor): string {
  return redact(`[${taskId}] ${pageText(event)}${textOf(event)}`);
}

/** The page of a line, if it is a further one and the line does not name it itself. */
function pageText(event: TaskEvent): string {
  const says = !('page' in event) || event.page === undefined || event.event.startsWith('page.');
  return says ? '' : `Page ${event.page}: `;
}

function levelOf(event: TaskEvent['event']): 'info' | 'warning' | 'error' {
  if (event === 'task.failed' || event === 'callback.undelivered') return 'error';
  const warnings: readonly string[] = ['warning', 'retry', 'conversion.replanned'];
  return warnings.includes(event) ? 'warning' : 'info';
}

/** The contract's lines in its exact format (docs/contract.md, "Log lines"), and our own. */
function textOf(event: TaskEvent): string {
  switch (event.event) {
    case 'task.started':
      return `Starting TIFF conversion: ${event.input_r2_key}`;
    case 'tiff.downloaded':
      return `Downloaded ${megabytes(event.bytes)} MB in ${event.ms}ms`;
    case 'jpeg.converted':
      return `Converted to ${megabytes(event.bytes)} MB in ${event.ms}ms`;
    case 'jpeg.uploaded':
      return `Uploaded to ${event.output_r2_key} in ${event.ms}ms`;
    case 'page.converted':
      return `Page ${event.page} converted to ${megabytes(event.bytes)} MB in ${event.ms}ms`;
    case 'page.uploaded':
      return `Page ${event.page} uploaded to ${event.output_r2_key} (${megabytes(event.bytes)} MB) in ${event.ms}ms`;
    case 'task.succeeded':
      return `✓ Success in ${event.ms}ms`;
    case 'task.failed':
      return `✗ Error: ${event.error}${answerText(event)}`;
    case 'conversion.planned':
      return (
        `Plan: ${decisionText(event)}; predicted ${toRoundMegabytes(event.predicted_peak_bytes)} MB of ` +
        `${toRoundMegabytes(event.memory_limit_bytes)} MB and ${cpuText(event)}`
      );
    case 'conversion.replanned':
      return `Warning: ${event.message} Converting again with less`;
    case 'conversion.measured':
      return (
        `Done as ${decisionText(event)}; predicted ${toRoundMegabytes(event.predicted_peak_bytes)} MB and ` +
        `${event.predicted_cpu_seconds} CPU-s, measured ${toRoundMegabytes(event.peak_bytes)} MB and ${event.cpu_seconds} CPU-s`
      );
    case 'note':
      return `Note: ${event.message}`;
    case 'warning':
      return `Warning: ${event.message}`;
    case 'callback.undelivered':
      return undeliveredText(event);
    case 'retry':
      return `Retrying ${event.stage} in ${event.delay_ms}ms after attempt ${event.attempt}: ${event.reason}${answerText(event)}`;
  }
}

/** The error has the status already. */
function answerText({ answer }: Answered): string {
  return answer?.body ? ` Its answer: ${answer.body}` : '';
}

function undeliveredText({
  continues_ms: ms,
  probably_taken: taken,
}: TaskEvent & { readonly event: 'callback.undelivered' }): string {
  const how = 'to be sent with: arke-tiff callback send --data -';
  if (ms !== undefined)
    return `Callback not delivered; attempts continue for ${Math.ceil(ms / 1000)} s. If no ✓ follows: the next line is its body, ${how}`;
  if (taken)
    return `Callback not confirmed; it was probably taken. If it was not: the next line is its body, ${how}`;
  return `Callback not delivered; the next line is its body, ${how}`;
}

/** Megabytes of 1024 × 1024 bytes with two decimals, as the contract's example prints them. */
function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(2);
}

/** A machine that started late has no time to plan with, and hurries as much as it can. */
function cpuText({
  predicted_cpu_seconds: predicted,
  cpu_limit_seconds: limit,
}: TaskEvent & { readonly event: 'conversion.planned' }): string {
  return limit > 0 ? `${predicted} of ${limit} CPU-s` : `${predicted} CPU-s`;
}
