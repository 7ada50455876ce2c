import { inParallel } from '../../in-parallel.ts';
import type { MadePage } from '../make-pages.ts';
import { type PutOutput, putOutput } from './output.ts';
import {
  type OpenOutput,
  PARALLEL_PAGES,
  type PageOutput,
  renamedFurther,
} from './page-outputs.ts';

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
  const putAs = (page: Page, { request, slot }: PageOutput, until: AbortSignal) => {
    const asked = { ...request, options: { ...request.options, signal: until } };
    const { jpeg, conversion } = page.made;
    return put(page, () => putOutput(asked, slot, jpeg, conversion.plan.effort));
  };
  const [first] = pages.filter(({ output }) => output.isFirst);
  const others = pages.filter(({ output }) => !output.isFirst);
  const outputs = others.map(({ output }) => output);
  const named = await renamedFurther(first?.output, outputs, signal);
  const further = await inParallel(
    others.map((page, index) => ({ page, output: named[index] ?? page.output })),
    ({ page, output }, until) => putAs(page, output, until),
    { limit: PARALLEL_PAGES, signal },
  );
  return first ? [await putAs(first, first.output, signal), ...further] : further;
}
