import { inParallel } from '../../in-parallel.ts';
import type { MadePage } from '../make-pages.ts';
import { type PutOutput, putOutput } from './output.ts';
import { type OpenOutput, PARALLEL_PAGES } from './page-outputs.ts';

/** A page with a finished JPEG for R2. */
export interface PageToPut {
  readonly output: OpenOutput;
  readonly made: MadePage;
}

/**
 * Uploads JPEGs, several at once, the first page last: anyone who sees it can rely on the others.
 * `put` calls `upload` for one page and returns its result. Returns the results, the first page's
 * first; throws what `put` throws.
 */
export async function putPages<Page extends PageToPut, Result>(
  pages: readonly Page[],
  put: (page: Page, upload: () => Promise<PutOutput>) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result[]> {
  const putUntil = (page: Page, until: AbortSignal) => {
    const { request, slot } = page.output;
    const asked = { ...request, options: { ...request.options, signal: until } };
    const { jpeg, conversion } = page.made;
    return put(page, () => putOutput(asked, slot, jpeg, conversion.plan.effort));
  };
  const further = await inParallel(
    pages.filter(({ output }) => !output.isFirst),
    putUntil,
    { limit: PARALLEL_PAGES, signal },
  );
  const [first] = pages.filter(({ output }) => output.isFirst);
  return first ? [await putUntil(first, signal), ...further] : further;
}
