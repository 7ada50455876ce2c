import { inParallel } from '../../in-parallel.ts';
import { outputKeys } from '../../keys.ts';
import type { ObjectInfo } from '../../storage/objects.ts';
import { findOutput, type OutputRequest, type OutputSlot } from './output.ts';
import { isOfSameBytes, pageCountOf } from './provenance.ts';

/** The JPEG of one page: what it must be, and where it goes or already is. */
export interface PageOutput {
  readonly request: OutputRequest;
  readonly slot: OutputSlot;
}

/** The JPEGs of a task: the one named in the callback, and those of further pages in order. */
export interface Outputs {
  readonly first: PageOutput;
  /** As far as they are known: before the TIFF is read, from the metadata of the first one. */
  readonly further: readonly PageOutput[];
}

/** Requests at once while pages are looked up or uploaded: enough to hide most of the latency. */
export const PARALLEL_PAGES = 4;

/**
 * Finds where the JPEG goes. If all pages are wanted and its metadata say that it was made with
 * further pages, finds those too. Throws as `findOutput`.
 */
export async function findOutputs(
  request: OutputRequest,
  first?: Promise<ObjectInfo | undefined>,
): Promise<Outputs> {
  const slot = await findOutput(request, first);
  const all = request.provenance.pageCount !== undefined && slot.kind === 'done';
  const count = all ? (pageCountOf(slot.object) ?? 1) : 1;
  return { first: { request, slot }, further: await findFurther({ request, slot }, count) };
}

/** The same outputs once the TIFF is read and it is known which page `first` is. */
export function outputsKnowing({ first, further }: Outputs, firstPage: number): Outputs {
  const { request } = first;
  const page = request.provenance.isFirst ? firstPage : request.provenance.page;
  const provenance = { ...request.provenance, page, firstPage };
  return { first: { ...first, request: { ...request, provenance } }, further };
}

/** The outputs of a TIFF with `count` pages if all are wanted. Throws as `findOutput`. */
export async function findAllOutputs({ first }: Outputs, count: number): Promise<Outputs> {
  const provenance = { ...first.request.provenance, pageCount: count };
  const request = { ...first.request, provenance };
  const named = { ...first, request };
  return { first: named, further: await findFurther(named, count) };
}

/** An output that is still to be made. */
export interface OpenOutput extends PageOutput {
  readonly slot: Extract<OutputSlot, { kind: 'open' }>;
  /** Counted from 1. */
  readonly page: number;
  /** Whether it is the one named in a callback. */
  readonly isFirst: boolean;
}

/**
 * The outputs to make: those that are missing or outdated, or all with `force`; the first page
 * first.
 */
export function openOutputs({ first, further }: Outputs, force = false): OpenOutput[] {
  return [first, ...further].flatMap(({ request, slot }, index) => {
    const open = { request, page: request.provenance.page, isFirst: index === 0 };
    if (slot.kind === 'open') return [{ ...open, slot }];
    return force ? [{ ...open, slot: reopened(slot) }] : [];
  });
}

/** Our own JPEG, to be replaced if it is still the same by then. */
function reopened({ object, taken }: Extract<OutputSlot, { kind: 'done' }>): OpenOutput['slot'] {
  const condition = { kind: 'unchanged', etag: object.etag } as const;
  return { kind: 'open', key: object.key, condition, taken, outdated: object };
}

/** The object under the first key if nothing is left to make. */
export function finished({ first, further }: Outputs): ObjectInfo | undefined {
  const done = further.every(({ slot }) => slot.kind === 'done');
  return done && first.slot.kind === 'done' ? first.slot.object : undefined;
}

/**
 * The warning about JPEGs of further pages from an earlier version of the TIFF that nothing will
 * replace if `count` pages are wanted now: they stay beside its JPEGs. Only the first page to be
 * replaced knows of them; undefined if there are none.
 */
export function leftPagesMessage({ request, slot }: PageOutput, count: number): string | undefined {
  const before = slot.kind === 'open' ? slot.outdated : undefined;
  if (!before || isOfSameBytes(before, request.provenance)) return undefined;
  const { sourceKey } = request.provenance;
  const pages = pageCountOf(before) ?? 1;
  if (pages <= count) return undefined;
  const [[first], [last]] = [outputKeys(sourceKey, count + 1), outputKeys(sourceKey, pages)];
  const [named, were] = first === last ? [first, 'was'] : [`${first} to ${last}`, 'were'];
  return (
    `${named} ${were} made of an earlier version of ${sourceKey}, which had more pages, and ${were} kept; ` +
    'delete those that nobody needs'
  );
}

/**
 * If the first page had to take its second name, further pages do the same: beside the `image.jpg`
 * of another TIFF, `image.page-2.jpg` would pass for that TIFF's.
 */
function findFurther({ request: first, slot }: PageOutput, count: number): Promise<PageOutput[]> {
  const firstKey = slot.kind === 'done' ? slot.object.key : slot.key;
  const renamed = firstKey !== first.keys[0];
  const pages = Array.from({ length: count - 1 }, (_, further) => further + 2);
  const { signal } = first.options;
  return inParallel(
    pages,
    async (page, signal) => {
      const provenance = { ...first.provenance, page, pageCount: undefined };
      const names = outputKeys(provenance.sourceKey, page);
      const keys = renamed ? ([names[1] ?? names[0], names[0]] as const) : names;
      const options = { ...first.options, signal };
      const slot = await findOutput({ ...first, provenance, keys, options });
      return { request: { ...first, provenance, keys }, slot };
    },
    { limit: PARALLEL_PAGES, signal },
  );
}
