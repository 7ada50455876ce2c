import type { Miniflare } from 'miniflare';
import { ArkeError } from '../../lib/errors.ts';

/** The version that this program is tested with, as an argument of `npm install`. */
const INSTALL = 'npm install miniflare@4.20260730.0';

/**
 * Loads Miniflare, an optional peer of the package: conversions do not need its 200 MB.
 *
 * @throws ArkeError that says how to install it, if it is missing
 */
export async function loadMiniflare(): Promise<typeof Miniflare> {
  try {
    return (await import('miniflare')).Miniflare;
  } catch (error) {
    const { code, message = '' } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    if (!isMissing || !message.includes("'miniflare'")) throw error;
    throw new ArkeError(
      'MINIFLARE_MISSING',
      "The local R2 and orchestrator are Cloudflare's simulator, Miniflare, which is not installed. " +
        `Install it beside arke-tiff, with ${INSTALL} (--global, where arke-tiff is installed so), and start again.`,
      { cause: error },
    );
  }
}
