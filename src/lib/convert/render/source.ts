import { stat } from 'node:fs/promises';
import type { RewriteJob } from '../fallback/rewrite.ts';
import { rewriteInWorker } from '../fallback/run-worker.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import type { ConversionJob, ConversionNote } from '../messages.ts';
import { plainPage } from '../plan/plain-picture.ts';
import { damagedTiff } from '../refusal.ts';
import { explainFailure } from './failure.ts';
import { CutOff, copyPage } from './page-copy.ts';

/** What sharp is to read. */
export interface Source {
  readonly input: string;
  /** What is known of it; undefined when the header could not be read. */
  readonly page: TiffPage | undefined;
  readonly notes: readonly ConversionNote[];
  /** Bytes of the file that the page's data must lie in. */
  readonly fileBytes: number;
}

/**
 * The TIFF itself, a copy in which the page is alone, or the plain TIFF that another decoder makes of it first, as the plan
 * says. Throws `ConversionError` with what that decoder says of a page that is damaged, and what copying throws.
 */
export async function sourceOf(job: ConversionJob): Promise<Source> {
  const { input, plain, page, format, name } = job;
  const { reader, copied: isCopied } = job.plan.reading;
  if (!page || !format || (reader === 'sharp' && !isCopied))
    return { input, page, notes: [], fileBytes: (await stat(input)).size };
  if (reader === 'sharp') {
    const { size: fileBytes } = await stat(input);
    const copied = await copyPage(input, plain, page, format).catch((error: unknown) => {
      throw error instanceof CutOff ? damagedTiff(name, error.message) : error;
    });
    return { input: plain, page: copied, notes: [], fileBytes };
  }
  return rewrittenBy(reader, { input, output: plain, page, format }).catch((error: unknown) => {
    throw explainFailure(error, job, { reader });
  });
}

/** The plain TIFF that another decoder makes of a page. Throws what that says. */
export async function rewrittenBy(reader: 'samples' | 'magick', job: RewriteJob): Promise<Source> {
  const { picture, notes } = await rewriteInWorker(reader, job);
  const { size: fileBytes } = await stat(job.output);
  const page = plainPage(picture, picture.icc?.length ?? 0);
  return { input: job.output, page, notes, fileBytes };
}
