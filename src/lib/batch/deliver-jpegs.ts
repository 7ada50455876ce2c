import type { PageRecord } from '../collection/events.ts';
import type { Converted, LookingTools } from '../collection/item.ts';
import { inParallel } from '../in-parallel.ts';
import { putOutput } from '../task/output.ts';
import { PARALLEL_PAGES } from '../task/page-outputs.ts';
import type { MadeJpeg } from './make-jpegs.ts';
import { type DueObject, tellOfTaken } from './open-pages.ts';

/**
 * Uploads JPEGs with their provenance, the first page last: whoever sees it can rely on the others. Throws
 * `StorageError`, `FileError`, and the signal's reason.
 */
export async function deliverJpegs(
  made: readonly MadeJpeg[],
  { source, outputs }: DueObject,
  { warn, signal }: Pick<LookingTools, 'warn' | 'signal'>,
): Promise<Converted> {
  const deliver = async (one: MadeJpeg, until: AbortSignal): Promise<PageRecord> => {
    const { request, slot } = one.page;
    const asked = { ...request, options: { ...request.options, signal: until } };
    const { key, size, taken } = await putOutput(asked, slot, one.path, one.effort);
    // Somebody else was there first.
    if (key !== slot.key) tellOfTaken(source.input, { key, taken }, warn);
    return { ...one.record, output: key, bytes: size };
  };
  const isFirst = ({ page }: MadeJpeg) =>
    page.request.provenance.page === outputs.first.request.provenance.page;
  const further = await inParallel(
    made.filter((one) => !isFirst(one)),
    deliver,
    { limit: PARALLEL_PAGES, signal },
  );
  const first: PageRecord[] = [];
  for (const one of made.filter(isFirst)) first.push(await deliver(one, signal));
  const [page, ...pages] = [...first, ...further];
  if (!page) throw new Error('A conversion made no page.');
  return { pages: [page, ...pages], output: first[0]?.output ?? source.output };
}
