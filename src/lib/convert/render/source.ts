import { rewriteInWorker } from '../fallback/run-worker.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import type { ConversionJob, ConversionNote } from '../messages.ts';
import { plainPage } from '../plan/plain-picture.ts';
import { explainFailure } from './failure.ts';

/** What sharp is to read. */
export interface Source {
  readonly input: string;
  /** What is known of it; undefined when the header could not be read. */
  readonly page: TiffPage | undefined;
  readonly notes: readonly ConversionNote[];
}

/**
 * The TIFF itself, or the plain one that another decoder makes of it first, where the plan says so.
 * Throws `ConversionError` with what that decoder says of a page that is damaged.
 */
export async function sourceOf(job: ConversionJob): Promise<Source> {
  const { input, plain, page, format } = job;
  const { reader } = job.plan.reading;
  if (reader === 'sharp' || !page || !format) return { input, page, notes: [] };
  const { picture, notes } = await rewriteInWorker(reader, {
    input,
    output: plain,
    page,
    format,
  }).catch((error: unknown) => {
    throw explainFailure(error, job, { reader });
  });
  return { input: plain, page: plainPage(picture, picture.icc?.length ?? 0), notes };
}
