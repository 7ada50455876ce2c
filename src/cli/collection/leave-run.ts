import { dirname } from 'node:path';
import type { LocalConversion } from '../../lib/convert/local-files.ts';
import type { StopSignal } from '../../lib/exit-codes.ts';
import { removeOwnTemporaries } from '../../lib/temporary-output.ts';
import { removeOwnWorkspaces } from '../../lib/workspace.ts';
import type { ChosenViews } from './choose-views.ts';

/**
 * Ends a run at once, with the signal that asked for it, without waiting for its work. First
 * removes its temporary files beside the outputs and its temporary folder.
 */
export function leaveRun(
  signal: StopSignal,
  conversions: readonly LocalConversion[],
  { views }: Pick<ChosenViews, 'views'>,
): void {
  for (const view of views) view.close?.();
  const folders = new Set(conversions.map(({ output }) => dirname(output)));
  for (const folder of folders) removeOwnTemporaries(folder);
  removeOwnWorkspaces();
  // Not with exit, which waits for files on an unresponsive disk, without listening for signals.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
