import { rm } from 'node:fs/promises';
import { messageOf } from '../../errors.ts';
import { missingData } from '../header/completeness.ts';
import type { PageRequest, SentRequest } from '../messages.ts';
import { isFax } from '../plan/page-kinds.ts';
import { damagedTiff } from '../refusal.ts';
import { explainFailure, isAboutUs, wordsOf } from './failure.ts';
import { areForgiven, notesOnForgiven } from './forgiveness.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { type RenderSource, rewrittenBy } from './source.ts';

/** What libtiff (tif_fax3.c), and libvips when it gives up, say about rows of a fax. */
const ABOUT_ROWS =
  /fax Group 3 data without EOL at line|(Premature EO[LF]|Line length mismatch|Bad code word) at line|^(tiff2vips: )?(read|decoding) error/i;

/**
 * A fax that sharp refused because of its rows, rewritten by our own reader, which accepts Group 3
 * without end-of-line codes and a few missing rows at the end; `fileBytes` is the size of the file
 * that sharp read. Undefined if it was refused for another reason. Throws `ConversionError` with
 * the words of both for a damaged fax.
 */
export async function readOddFax(
  request: SentRequest<PageRequest>,
  error: unknown,
  fileBytes: number,
  { decoders }: Pick<TiffReader, 'decoders'>,
): Promise<RenderSource | undefined> {
  const { scratch, page, name } = request;
  if (!isFax(page) || missingData(page, fileBytes).length > 0) return undefined;
  const lines = linesOf(error);
  const others = lines.filter((line) => !ABOUT_ROWS.test(line));
  if (others.length === lines.length || !areForgiven(others, page)) return undefined;
  // A copy of the file may be there.
  await rm(scratch.plain, { force: true });
  try {
    const source = await rewrittenBy('samples', request, decoders);
    return { ...source, notes: [...source.notes, ...notesOnForgiven(others, page)] };
  } catch (own) {
    const explained = explainFailure(own, request, { reader: 'samples' });
    if (explained.code !== 'UNREADABLE_TIFF') throw explained;
    const said = { decoder: 'sharp', words: wordsOf(error, request) } as const;
    throw damagedTiff(name, messageOf(own), said, { cause: error });
  }
}

/** Whether sharp refused a fax, with all rows found, only because of damaged lines. */
export function cameDamaged(error: unknown, { page, notes }: RenderSource): boolean {
  const isWhole = !notes.some(({ code }) => code === 'FAX_ROWS_MISSING');
  return isWhole && areForgiven(linesOf(error), page, true);
}

/** What a decoder says about a file. */
function linesOf(error: unknown): string[] {
  return messageOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !isAboutUs(line));
}
