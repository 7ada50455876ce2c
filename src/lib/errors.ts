/**
 * Every `code` of an `ArkeError`. A code never changes its meaning.
 *
 * - `INVALID_OPTIONS`: a function was called with unknown or invalid options (`OptionsError`)
 * - `SETTINGS`: the environment of a task, or flags, are incomplete or malformed
 * - `FILE`: a local file is missing, unreadable, or must not be overwritten (`FileError`)
 * - `TASK_FAILED`, `TIMED_OUT`, `CALLBACK_FAILED`: a task's stage failed, took too long, or its
 *   callback was not accepted
 * - `INTERRUPTED`: SIGINT or SIGTERM stopped the program
 * - `BUNDLED`: files of the package are missing, for example because a bundler copied its code
 * - `UNEXPECTED`: a bug in arke-tiff or in a library
 * - codes of conversions and of R2: see `ConversionErrorCode` and `StorageErrorCode`
 * - the other codes are used by commands only
 */
export type ErrorCode =
  | 'INVALID_OPTIONS'
  | 'SETTINGS'
  | 'FILE'
  | 'TASK_FAILED'
  | 'TIMED_OUT'
  | 'CALLBACK_FAILED'
  | 'INTERRUPTED'
  | 'BUNDLED'
  | 'UNEXPECTED'
  | ConversionErrorCode
  | StorageErrorCode
  | CommandErrorCode;

/** Codes of errors of commands only. */
export type CommandErrorCode =
  | 'USAGE'
  | 'NOT_SENT'
  | 'NOT_HERE'
  | 'REFUSED'
  | 'FOLDER_IN_USE'
  | 'PORT_TAKEN'
  | 'MINIFLARE_MISSING';

/**
 * The base of every expected error. `message` is for people: what happened, to which file or key,
 * what to do next. `code` is for programs; `cause` has the original error.
 *
 * @example
 * ```ts
 * import { ArkeError, convertTiff } from 'arke-tiff';
 *
 * try {
 *   await convertTiff('scan.tif', 'scan.jpg');
 * } catch (error) {
 *   if (!(error instanceof ArkeError)) throw error;
 *   console.error(error.code, error.message);
 * }
 * ```
 */
export class ArkeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Thrown when environment or flags are incomplete or malformed; lists every problem. */
export class SettingsError extends ArkeError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super('SETTINGS', `Invalid settings: ${problems.join('; ')}`, options);
    this.problems = problems;
  }
}

/**
 * Thrown when a function is called with unknown or invalid options; lists all of them.
 *
 * @example
 * ```ts
 * import { convertTiff, OptionsError } from 'arke-tiff';
 *
 * const form = { quality: 500 };
 * await convertTiff('scan.tif', 'scan.jpg', form).catch((error: unknown) => {
 *   if (!(error instanceof OptionsError)) throw error;
 *   for (const problem of error.problems) console.error(problem);
 * });
 * ```
 */
export class OptionsError extends ArkeError {
  declare readonly code: 'INVALID_OPTIONS';
  /** The problem of each option, beginning with its name. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super('INVALID_OPTIONS', `Invalid options: ${problems.join('; ')}.`, options);
    this.problems = problems;
  }
}

/** The code of an R2 error: why a request failed. */
export type StorageErrorCode =
  | 'INVALID_KEY'
  | 'OBJECT_NOT_FOUND'
  | 'BUCKET_NOT_FOUND'
  | 'CREDENTIALS_REJECTED'
  | 'ACCESS_DENIED'
  | 'CLOCK_SKEWED'
  | 'PRECONDITION_FAILED'
  | 'OBJECT_EXISTS'
  | 'BROKEN_TRANSFER'
  | 'STORAGE_UNREACHABLE'
  | 'STORAGE_FAILED';

/** Thrown when R2 refuses a request or cannot be reached; usually a wrong key, bucket or token. */
export class StorageError extends ArkeError {
  declare readonly code: StorageErrorCode;
  /** True when the same request may succeed a moment later. */
  readonly retryable: boolean;
  /** The wait before the next attempt that R2 asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: StorageErrorCode,
    message: string,
    options?: ErrorOptions & { retryable?: boolean; retryAfterMs?: number | undefined },
  ) {
    super(code, message, options);
    this.retryable = options?.retryable ?? false;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** The code of a `ConversionError`: why a file could not be converted. */
export type ConversionErrorCode =
  | 'NOT_A_TIFF'
  | 'NO_SUCH_PAGE'
  | 'TOO_LARGE_FOR_JPEG'
  | 'UNREADABLE_TIFF'
  /** A kind of TIFF that no decoder supports. */
  | 'UNSUPPORTED_TIFF'
  /** Would lose information, which is forbidden. */
  | 'LOSS'
  /** Causes warnings, which are forbidden. */
  | 'WARNING'
  /** The JPEG differs too much from its TIFF. */
  | 'UNLIKE'
  | 'WRITE_FAILED'
  /** Needs more memory than available, or was killed by the kernel for that. */
  | 'OUT_OF_MEMORY'
  /** Was ended because it would not have finished in time. */
  | 'TOO_SLOW'
  /** The conversion process did not respond for too long. */
  | 'UNRESPONSIVE'
  /** The conversion process ended without an answer. */
  | 'CRASHED';

/**
 * Thrown when a file cannot be converted: it is not a TIFF, it is damaged, JPEG cannot hold it, or
 * its process ended.
 *
 * @example
 * ```ts
 * import { ConversionError, convertTiff } from 'arke-tiff';
 *
 * await convertTiff('scan.tif', 'scan.jpg').catch((error: unknown) => {
 *   if (!(error instanceof ConversionError) || error.code !== 'NOT_A_TIFF') throw error;
 *   console.warn(error.message);
 * });
 * ```
 */
export class ConversionError extends ArkeError {
  declare readonly code: ConversionErrorCode;
}

/** Thrown when a callback could not be delivered: no answer, or one other than 2xx. */
export class CallbackError extends ArkeError {
  /** True when the next attempt may succeed. */
  readonly retryable: boolean;
  /** The wait before the next attempt that the receiver asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The answer, if there was one. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
  /** True if the callback was sent without a known result: it may have been accepted. */
  readonly ambiguous: boolean;

  constructor(
    message: string,
    options?: ErrorOptions & {
      retryable?: boolean;
      retryAfterMs?: number | undefined;
      answer?: { readonly status: number; readonly body: string } | undefined;
      ambiguous?: boolean;
    },
  ) {
    super('CALLBACK_FAILED', message, options);
    this.retryable = options?.retryable ?? false;
    this.retryAfterMs = options?.retryAfterMs;
    this.answer = options?.answer;
    this.ambiguous = options?.ambiguous ?? false;
  }
}

/**
 * Thrown when a local file is missing, unreadable, or must not be overwritten.
 *
 * @example
 * ```ts
 * import { FileError, inspectFile } from 'arke-tiff';
 *
 * await inspectFile('scan.tif').catch((error: unknown) => {
 *   if (!(error instanceof FileError)) throw error;
 *   console.error(error.message);
 * });
 * ```
 */
export class FileError extends ArkeError {
  constructor(message: string, options?: ErrorOptions) {
    super('FILE', message, options);
  }
}

/** Thrown by a stage of a task; its message begins as in the contract's error scenarios. */
export class TaskError extends ArkeError {
  /** The stage that failed. */
  readonly stage: 'download' | 'convert' | 'upload';

  constructor(stage: TaskError['stage'], message: string, options?: ErrorOptions) {
    super('TASK_FAILED', message, options);
    this.stage = stage;
  }
}

/** The code of an error, or of the cause of a failed stage; `UNEXPECTED` for a bug. */
export function errorCodeOf(error: unknown): ErrorCode {
  if (error instanceof TaskError && error.cause instanceof Error) return errorCodeOf(error.cause);
  return error instanceof ArkeError ? error.code : 'UNEXPECTED';
}

/** The message of anything thrown, with its cause's if the message alone says little. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0)
    return messageOf(error.errors[0]);
  return error.message || error.name;
}

/** A quotation in parentheses, or in square brackets if it contains parentheses. */
export function inParentheses(words: string): string {
  return /[()]/.test(words) ? `[${words}]` : `(${words})`;
}

/**
 * A system error's message without the path, which our sentence has: `permission denied (EACCES)`.
 */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const [, code, words] = /^([A-Z0-9]+): (.+?), \w+( '|$)/s.exec(message) ?? [];
  return code && words ? `${words} (${code})` : message;
}

/**
 * Error codes of the system and the network: `ENOENT`, `EAI_AGAIN`, TLS's, those of Node’s HTTP
 * parser.
 */
const SYSTEM_CODE =
  /^(E[A-Z0-9]+$|EAI_|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS|ERR_SSL|ERR_STREAM_PREMATURE_CLOSE$|HPE_)/;

/**
 * The system's error code (`ENOENT`, `ECONNREFUSED`, …) of an error or the nearest cause that has
 * one.
 */
export function systemCodeOf(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 8; e = e.cause, depth++) {
    const { code } = e as NodeJS.ErrnoException;
    if (typeof code === 'string' && SYSTEM_CODE.test(code)) return code;
    if (e instanceof AggregateError && e.errors.length > 0) return systemCodeOf(e.errors[0]);
  }
  return undefined;
}
