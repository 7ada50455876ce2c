import { rewriteInWorker } from '../fallback/run-worker.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import type { ConversionJob, ConversionNote } from '../messages.ts';
import { plainPage } from '../plan/plain-picture.ts';

/** What sharp is to read. */
export interface Source {
  readonly input: string;
  /** What is known of it; undefined when the header could not be read. */
  readonly page: TiffPage | undefined;
  readonly notes: readonly ConversionNote[];
}

/**
 * The TIFF itself, or the plain one that another decoder makes of it first, where the plan says so.
 * Throws what that decoder says of a page that is damaged.
 */
export async function sourceOf({
  input,
  plain,
  page,
  format,
  plan,
}: ConversionJob): Promise<Source> {
  const { reader } = plan.reading;
  if (reader === 'sharp' || !page || !format) return { input, page, notes: [] };
  const { picture, notes } = await rewriteInWorker(reader, { input, output: plain, page, format });
  return { input: plain, page: plainPage(picture, picture.icc?.length ?? 0), notes };
}
