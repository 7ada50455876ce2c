import type { CallbackPayload } from '../callback/payload.ts';
import type { ErrorCode } from '../errors.ts';

/** How a task ended. */
export interface TaskOutcome {
  /** The body that was called back, or should have been. */
  readonly payload: CallbackPayload;
  /** Whether the orchestrator accepted it. */
  readonly delivered: boolean;
  /** 0 if the JPEG was made, uploaded and reported; otherwise 1. */
  readonly exitCode: 0 | 1;
}

/** How a task from the environment ended; without a payload if nobody could be told. */
export type RunOutcome =
  | TaskOutcome
  | (Omit<TaskOutcome, 'payload'> & {
      readonly payload: undefined;
      readonly error: { readonly code: ErrorCode; readonly message: string };
    });
