import type { SourceRecord } from '../collection/events.ts';
import type { PlanningTools } from '../collection/item.ts';
import type { PlannedPages } from '../collection/plan-pages.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import type { OpenOutput } from '../outputs/bucket/page-outputs.ts';
import type { BatchRun } from './batch-run.ts';

/** A TIFF to convert, as it was planned. */
export interface DueObject {
  readonly source: SourceRecord;
  readonly header: TiffHeader;
  /** Its JPEGs that are still to be made. */
  readonly open: readonly [OpenOutput, ...OpenOutput[]];
  /** The plans of these pages, in the same order. */
  readonly planned: PlannedPages;
}

/** Reports each JPEG that does not get the usual key, with the reason and the key that it gets. */
export function tellOfKeys(
  input: string,
  pages: readonly OpenOutput[],
  { reservations }: BatchRun,
  { warn }: Pick<PlanningTools, 'warn'>,
): void {
  for (const { request, slot } of pages) {
    const [usual] = request.keys;
    if (slot.key === usual) continue;
    const other = reservations.reservedFor(usual, input);
    if (other !== undefined)
      warn('NAME_CLASH', `${input} becomes ${slot.key}, because ${usual} is the JPEG of ${other}.`);
    else tellOfTaken(input, slot, warn);
  }
}

/** Reports which keys hold other objects. */
export function tellOfTaken(
  input: string,
  { key, taken }: { readonly key: string; readonly taken: readonly string[] },
  warn: PlanningTools['warn'],
): void {
  for (const one of taken)
    warn(
      'OUTPUT_KEY_TAKEN',
      `${one} was not made from ${input} and is left alone; its JPEG goes to ${key}.`,
    );
}
