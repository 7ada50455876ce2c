import { inParallel } from '../in-parallel.ts';
import { outputKeys } from '../keys.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { findOutput, type OutputRequest, type OutputSlot } from './output.ts';
import { isOfSameBytes, pageCountOf } from './provenance.ts';

/** The JPEG of one page: what it shall be, and where it goes or lies already. */
export interface PageOutput {
  readonly request: OutputRequest;
  readonly slot: OutputSlot;
}

/** The JPEGs of a task: that which the callback names, and those of further pages in their order. */
export interface Outputs {
  readonly first: PageOutput;
  /** As far as they are known: before the TIFF is read, from what the first one says of itself. */
  readonly further: readonly PageOutput[];
}

/** Requests under way at once while pages are looked for or uploaded: enough that their answers' way costs little. */
export const PARALLEL_PAGES = 4;

/**
 * Finds where the JPEG goes and, when it says of itself that it was made with further pages and all are
 * wanted, where they lie. Throws as `findOutput`.
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

/** The same outputs once the TIFF is read, which tells what `first` stands for in it. */
export function outputsKnowing({ first, further }: Outputs, firstPage: number): Outputs {
  const { request } = first;
  const page = request.provenance.isFirst ? firstPage : request.provenance.page;
  const provenance = { ...request.provenance, page, firstPage };
  return { first: { ...first, request: { ...request, provenance } }, further };
}

/** The outputs of a TIFF that turned out to have so many pages, when all are wanted. Throws as `findOutput`. */
export async function findAllOutputs({ first }: Outputs, count: number): Promise<Outputs> {
  const provenance = { ...first.request.provenance, pageCount: count };
  const request = { ...first.request, provenance };
  const named = { ...first, request };
  return { first: named, further: await findFurther(named, count) };
}

/** What lies under the first key when nothing is left to be made. */
export function finished({ first, further }: Outputs): ObjectInfo | undefined {
  const done = further.every(({ slot }) => slot.kind === 'done');
  return done && first.slot.kind === 'done' ? first.slot.object : undefined;
}

/**
 * The keys of further pages that an earlier version of the TIFF had and that nothing will replace, when so many
 * pages are wanted of this one: they go on lying beside its JPEGs. Only the first page to be replaced knows.
 */
export function leftPages({ request, slot }: PageOutput, count: number): readonly string[] {
  const before = slot.kind === 'open' ? slot.outdated : undefined;
  if (!before || isOfSameBytes(before, request.provenance)) return [];
  const pages = pageCountOf(before) ?? 1;
  return Array.from({ length: Math.max(0, pages - count) }, (_, i) => {
    const [key] = outputKeys(request.provenance.sourceKey, count + 1 + i);
    return key;
  });
}

/** What is to be said of such keys; undefined when there are none. */
export function leftPagesMessage(keys: readonly string[], inputKey: string): string | undefined {
  const [first, last] = [keys[0], keys.at(-1)];
  if (first === undefined) return undefined;
  const [named, were] = first === last ? [first, 'was'] : [`${first} to ${last}`, 'were'];
  return (
    `${named} ${were} made of an earlier version of ${inputKey}, which had more pages, and ${were} left alone; ` +
    'delete what nobody needs'
  );
}

/**
 * Where the first page had to take its second name, further ones take theirs: beside the `image.jpg` of another
 * TIFF, `image.page-2.jpg` would pass for that one's.
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
