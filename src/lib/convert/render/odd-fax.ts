import { rm } from 'node:fs/promises';
import { messageOf } from '../../errors.ts';
import { missingData } from '../header/completeness.ts';
import type { ConversionJob } from '../messages.ts';
import { isFax } from '../plan/page-kinds.ts';
import { damagedTiff } from '../refusal.ts';
import { explainFailure, isAboutUs, wordsOf } from './failure.ts';
import { areForgiven, notesOnForgiven } from './forgiveness.ts';
import { rewrittenBy, type Source } from './source.ts';

/** What libtiff says of rows of a fax (tif_fax3.c), and libvips when it gives up. */
const ABOUT_ROWS =
  /fax Group 3 data without EOL at line|(Premature EO[LF]|Line length mismatch|Bad code word) at line|^(tiff2vips: )?(read|decoding) error/i;

/**
 * A fax that sharp has refused for its rows, written anew by our own reader, which takes Group 3 without end-of-line
 * codes, and a few rows that are missing at the end; `fileBytes` is the size of the file that sharp has read. Undefined
 * where it was refused for something else. Throws `ConversionError` with what both say of a fax that is damaged.
 */
export async function readOddFax(
  job: ConversionJob,
  error: unknown,
  fileBytes: number,
): Promise<Source | undefined> {
  const { input, plain, page, format } = job;
  if (!page || !format || !isFax(page) || missingData(page, fileBytes).length > 0) return undefined;
  const lines = linesOf(error);
  const others = lines.filter((line) => !ABOUT_ROWS.test(line));
  if (others.length === lines.length || !areForgiven(others, page)) return undefined;
  // A copy of the file may lie there.
  await rm(plain, { force: true });
  try {
    const source = await rewrittenBy('samples', { input, output: plain, page, format });
    return { ...source, notes: [...source.notes, ...notesOnForgiven(others, page)] };
  } catch (own) {
    const explained = explainFailure(own, job, { reader: 'samples' });
    if (explained.code !== 'UNREADABLE_TIFF') throw explained;
    const said = { decoder: 'sharp', words: wordsOf(error, job) } as const;
    throw damagedTiff(job.name, messageOf(own), said, { cause: error });
  }
}

/** Whether sharp has refused a fax, in which all rows were found, for nothing but lines that came damaged. */
export function cameDamaged(error: unknown, { page, notes }: Source): boolean {
  const isWhole = !notes.some(({ code }) => code === 'FAX_ROWS_MISSING');
  return isWhole && page !== undefined && areForgiven(linesOf(error), page, true);
}

/** What a decoder says of a file. */
function linesOf(error: unknown): string[] {
  return messageOf(error)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !isAboutUs(line));
}
