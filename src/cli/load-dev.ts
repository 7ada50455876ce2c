import type { DevOptions, LocalDev } from '../dev/dev.ts';
import { ArkeError, type ErrorCode } from '../lib/errors.ts';

/**
 * Starts the local R2 and orchestrator. Their code is in the library, not in the bundle, which
 * every worker's image carries; so the errors that it throws are converted to ours here. Throws
 * `ArkeError`, and the signal's reason.
 */
export async function startLocalDev(options: DevOptions): Promise<LocalDev> {
  try {
    const { startDev } = await import('../dev/start-dev.ts');
    return await startDev(options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw ownError(error);
  }
}

function ownError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ArkeError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' && message.includes('start-dev'))
    return new ArkeError(
      'NOT_HERE',
      'The worker image does not contain "dev". Run it on your own machine, from the package.',
      { cause: error },
    );
  return isArkeErrorElsewhere(error)
    ? new ArkeError(code as ErrorCode, message, { cause: error })
    : error;
}

/** Whether it is an `ArkeError` of another copy of the library. */
function isArkeErrorElsewhere(error: object): boolean {
  const above = Object.getPrototypeOf(error) as object | null;
  return (
    above !== null && (above.constructor.name === ArkeError.name || isArkeErrorElsewhere(above))
  );
}
