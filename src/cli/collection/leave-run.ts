import { dirname } from 'node:path';
import type { LocalConversion } from '../../lib/convert/local-files.ts';
import type { StopSignal } from '../../lib/exit-codes.ts';
import { removeOwnTemporaries } from '../../lib/temporary-output.ts';
import { removeOwnWorkspaces } from '../../lib/workspace.ts';
import type { ChosenViews } from './choose-views.ts';

/**
 * Ends a run at once, by the signal that asked for it, without waiting for what is under way. What it has
 * written beside its outputs and into its temporary folder is removed first.
 */
export function leaveRun(
  signal: StopSignal,
  conversions: readonly LocalConversion[],
  { views }: ChosenViews,
): void {
  for (const view of views) view.close?.();
  const folders = new Set(conversions.map(({ output }) => dirname(output)));
  for (const folder of folders) removeOwnTemporaries(folder);
  removeOwnWorkspaces();
  // Not by exit: that waits for files whose disk does not answer, and then nobody hears signals any more.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
