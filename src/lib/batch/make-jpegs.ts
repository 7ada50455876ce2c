import type { PageRecord } from '../collection/events.ts';
import type { Converted, ConvertingTools, PlanningTools } from '../collection/item.ts';
import { recordOfPage } from '../collection/page-record.ts';
import { type PageToPut, putPages } from '../outputs/bucket/put-pages.ts';
import { withPages } from '../outputs/make-pages.ts';
import type { BroughtTiff } from './brought-tiff.ts';
import { type DueObject, tellOfTaken } from './open-pages.ts';
import type { BatchOptions } from './options.ts';

/** A finished JPEG on this machine. */
export interface MadeJpeg extends PageToPut {
  readonly record: PageRecord;
}

/**
 * Makes the missing JPEGs of a TIFF and, if asked, compares them with it. Reports notes as a task
 * does, and none of them is an error. Throws what making them throws, and the signal's reason.
 */
export async function makeJpegs(
  { file, pathOf }: BroughtTiff,
  { source, header, open }: DueObject,
  { encoder, pages, verify, onMade }: BatchOptions,
  tools: ConvertingTools,
): Promise<readonly MadeJpeg[]> {
  const [first, ...others] = open;
  const numbers = [first.page, ...others.map(({ page }) => page)] as const;
  const { converter, signal } = tools;
  const jpegs: MadeJpeg[] = [];
  await withPages({ file, name: source.input, header, numbers }, converter, async (make) => {
    for (const output of open) {
      const { page, slot } = output;
      const target = { page, output: slot.key, jpeg: pathOf(`page-${page}.jpg`) };
      const made = await make(target, { encoder, pages, verify, ...tools });
      jpegs.push({ output, made, record: recordOfPage(made) });
    }
  });
  await onMade?.({
    source,
    tiff: file.path,
    encoder,
    pages: jpegs.map(({ record, made: { jpeg } }) => ({ record, jpeg })),
    converter,
    signal,
  });
  return jpegs;
}

/**
 * Uploads JPEGs with their provenance, the first page last. Throws `StorageError`, `FileError`, and
 * the signal's reason.
 */
export async function deliverJpegs(
  jpegs: readonly MadeJpeg[],
  { source }: DueObject,
  { warn, signal }: Pick<PlanningTools, 'warn' | 'signal'>,
): Promise<Converted> {
  const [page, ...pages] = await putPages(
    jpegs,
    async ({ output: { slot }, record }, upload) => {
      const { key, size, taken } = await upload();
      // Another process took the key first.
      if (key !== slot.key) tellOfTaken(source.input, { key, taken }, warn);
      return { ...record, output: key, bytes: size };
    },
    signal,
  );
  if (!page) throw new Error('A conversion made no page.');
  const isFirst = jpegs.some(({ output }) => output.isFirst);
  return { pages: [page, ...pages], output: isFirst ? page.output : source.output };
}
