import type { Conversion } from '../lib/convert/attempts.ts';
import type { PageOptions } from '../lib/convert/convert-pages.ts';
import type { Workspace } from '../lib/workspace.ts';
import { aboutFile } from './format.ts';
import type { Reporter } from './reporter.ts';

/** What all conversions of a run share. */
export interface ConvertSession extends Omit<PageOptions, 'onReplan'> {
  readonly reporter: Reporter;
  readonly workspace: Workspace;
}

/** The same for one TIFF: what is worth knowing on the way is said with its name. */
export function pageOptionsFor(name: string, session: ConvertSession): PageOptions {
  const { reporter } = session;
  const onReplan = (message: string) =>
    reporter.warn(`${aboutFile(name, message)} Converting again with less`);
  return { ...session, onReplan };
}

/** Says what was left out or changed on the way. */
export function warnOfNotes(name: string, { notes }: Conversion, reporter: Reporter): void {
  for (const { message } of notes) reporter.warn(`${name}: ${message}`);
}

/** What people and programs may want to know of a conversion. */
export function resultOf({ plan, peakBytes, cpuSeconds, ...rest }: Conversion) {
  const { effort, turn, reading, reason } = plan;
  return {
    ...rest,
    effort,
    turn,
    ...reading,
    reason,
    peak_bytes: peakBytes,
    cpu_seconds: cpuSeconds,
  };
}
