import { ArkeError, type ErrorCode, messageOf } from '../errors.ts';

/** An error as events report it. An unexpected one fails one file, not the run. */
export function failureOf(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof ArkeError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: `${messageOf(error)} (unexpected; report it)` };
}
