import type { OutputSlot } from '../task/output.ts';
import type { Outputs, PageOutput } from '../task/page-outputs.ts';

/** A page of a TIFF that is to be converted, and where its JPEG goes. */
export interface OpenPage extends PageOutput {
  /** Counted from 1. */
  readonly number: number;
  readonly slot: Extract<OutputSlot, { kind: 'open' }>;
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
