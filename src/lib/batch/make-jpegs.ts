import type { PageRecord } from '../collection/events.ts';
import type { Converted, ConvertingTools, PlanningTools } from '../collection/item.ts';
import { recordOfPage } from '../collection/page-record.ts';
import { placesFor } from '../collection/places.ts';
import { type PageToPut, putPages } from '../outputs/bucket/put-pages.ts';
import { makePages } from '../outputs/make-pages.ts';
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
  { file, pathOf, roomForCopy }: BroughtTiff,
  { source, header, open, planned }: DueObject,
  { encoder, pages, verify, onMade }: BatchOptions,
  tools: ConvertingTools,
): Promise<readonly MadeJpeg[]> {
  const [first, ...others] = open;
  const numbers = [first.page, ...others.map(({ page }) => page)] as const;
  const { converter, signal } = tools;
  const targets = open.map(({ page, slot }) => ({
    page,
    output: slot.key,
    jpeg: pathOf(`page-${page}.jpg`),
  }));
  const tiff = { file, name: source.input, header, numbers };
  const places = { ...placesFor(tools, planned, { encoder, pages, verify }), roomForCopy };
  const all = await makePages(tiff, targets, places);
  const jpegs = open.flatMap((output, index) => {
    const made = all[index];
    return made ? [{ output, made, record: recordOfPage(made) }] : [];
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
