import type { SourceRecord } from '../collection/events.ts';
import type { LookingTools } from '../collection/item.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import type { OutputSlot } from '../task/output.ts';
import type { Outputs, PageOutput } from '../task/page-outputs.ts';
import type { BatchRun } from './batch-run.ts';

/** A page of a TIFF that is to be converted, and where its JPEG goes. */
export interface OpenPage extends PageOutput {
  /** Counted from 1. */
  readonly number: number;
  readonly slot: Extract<OutputSlot, { kind: 'open' }>;
}

/** A TIFF that is to be converted, as it was looked at. */
export interface DueObject {
  readonly source: SourceRecord;
  /** The version that was looked at. */
  readonly info: ObjectInfo;
  readonly header: TiffHeader;
  /** Where all its JPEGs go, or are. */
  readonly outputs: Outputs;
  /** Those that are to be made. */
  readonly open: readonly [OpenPage, ...OpenPage[]];
}

/**
 * The pages that are to be converted: those whose JPEGs are not there or not up to date, or all with `force`. Undefined
 * when there are none.
 */
export function openPages(
  { first, further }: Outputs,
  force: boolean,
): readonly [OpenPage, ...OpenPage[]] | undefined {
  const [one, ...others] = [first, ...further].flatMap(({ request, slot }) => {
    const number = request.provenance.page;
    if (slot.kind === 'open') return [{ request, slot, number }];
    return force ? [{ request, slot: reopened(slot), number }] : [];
  });
  return one && [one, ...others];
}

/** Our own JPEG, to be replaced by another one if it is still the same then. */
function reopened({ object, taken }: Extract<OutputSlot, { kind: 'done' }>): OpenPage['slot'] {
  const condition = { kind: 'unchanged', etag: object.etag } as const;
  return { kind: 'open', key: object.key, condition, taken, outdated: object };
}

/** Says of each JPEG that does not get the usual key why, and which key it gets. */
export function tellOfKeys(
  input: string,
  pages: readonly OpenPage[],
  { claims }: BatchRun,
  { warn }: Pick<LookingTools, 'warn'>,
): void {
  for (const { request, slot } of pages) {
    const [usual] = request.keys;
    if (slot.key === usual) continue;
    const other = claims.keptFor(usual, input);
    if (other !== undefined)
      warn('NAME_CLASH', `${input} becomes ${slot.key}, because ${usual} is the JPEG of ${other}.`);
    else tellOfTaken(input, slot, warn);
  }
}

/** Says which keys belong to somebody else. */
export function tellOfTaken(
  input: string,
  { key, taken }: { readonly key: string; readonly taken: readonly string[] },
  warn: LookingTools['warn'],
): void {
  for (const one of taken)
    warn(
      'OUTPUT_KEY_TAKEN',
      `${one} was not made from ${input} and is left alone; its JPEG goes to ${key}.`,
    );
}
