import { stat } from 'node:fs/promises';
import type { TiffPage } from '../header/tiff-header.ts';
import type { ConversionNote, PageRequest, SentRequest } from '../messages.ts';
import { plainPage } from '../plan/plain-picture.ts';
import { damagedTiff } from '../refusal.ts';
import { explainFailure } from './failure.ts';
import { CutOff, copyPage } from './page-copy.ts';
import type { TiffReader } from './sharp-tiff.ts';

/** What sharp reads. */
export interface RenderSource {
  readonly input: string;
  /** What is known of it. */
  readonly page: TiffPage;
  readonly notes: readonly ConversionNote[];
  /** Bytes of the file that contains the page's data. */
  readonly fileBytes: number;
}

/**
 * The TIFF itself, a copy with only this page, or a plain TIFF made by another decoder, as planned.
 * Throws `ConversionError` with that decoder's words for a damaged page, and what copying throws.
 */
export async function sourceOf(
  request: SentRequest<PageRequest>,
  { decoders }: Pick<TiffReader, 'decoders'>,
): Promise<RenderSource> {
  const { paths, scratch, page, format, name, reading } = request;
  const { input } = paths;
  const { plain } = scratch;
  const { reader } = reading;
  if (reader === 'sharp') {
    const { size: fileBytes } = await stat(input);
    if (!reading.copied) return { input, page, notes: [], fileBytes };
    const copied = await copyPage(input, plain, page, format).catch((error: unknown) => {
      throw error instanceof CutOff ? damagedTiff(name, error.message) : error;
    });
    return { input: copied.path, page: copied.page, notes: [], fileBytes };
  }
  return rewrittenBy(reader, request, decoders).catch((error: unknown) => {
    throw explainFailure(error, request, { reader });
  });
}

/** The plain TIFF that another decoder makes of a page. Throws that decoder's error. */
export async function rewrittenBy(
  reader: 'samples' | 'magick',
  { paths, scratch, page, format, mayHold }: SentRequest<PageRequest>,
  decoders: TiffReader['decoders'],
): Promise<RenderSource> {
  const output = scratch.plain;
  const rewriting = { input: paths.input, output, page, format };
  const { picture, notes } = await decoders.rewrite(reader, rewriting, mayHold);
  const { size: fileBytes } = await stat(output);
  return { input: output, page: plainPage(picture, picture.icc?.length ?? 0), notes, fileBytes };
}
