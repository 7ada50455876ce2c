import type { Dev, DevOptions } from '../lib/dev/dev.ts';
import { ArkeError, messageOf, systemCodeOf } from '../lib/errors.ts';

/**
 * Starts the local R2 and orchestrator. Their code is a part of the library and not of the bundle, whose
 * every byte the worker's image carries; and so the errors that it throws are made ours here. Throws
 * `ArkeError`, and the signal's reason.
 */
export async function startLocalDev(options: DevOptions): Promise<Dev> {
  try {
    const { startDev } = await import('../lib/dev/start-dev.ts');
    return await startDev(options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw ownError(error);
  }
}

function ownError(error: unknown): unknown {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (error instanceof ArkeError || !(error instanceof Error)) return error;
  if (code === 'MODULE_NOT_FOUND' && error.message.includes('start-dev'))
    return new ArkeError(
      'NOT_HERE',
      'The worker’s image has no "dev". Run it from the package, on your own machine.',
      { cause: error },
    );
  const isArkeError = typeof code === 'string' && systemCodeOf(error) === undefined;
  return isArkeError ? new ArkeError(code, messageOf(error), { cause: error }) : error;
}
