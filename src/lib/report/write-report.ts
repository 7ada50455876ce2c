/*
 * Report: what a run came to, for whoever must sign it off (HTML), for spreadsheets (CSV) and for
 * programs (JSON). docs/reports.md shows them. A report is made from records alone
 * (`../collection/events.ts`), so it does not matter who ran: `convert` and `batch` have the same.
 *
 * `csv.ts` and `json.ts` write it row by row. `html.ts` puts the data into a page that was bundled
 * at build time (`page/`, `build/pages.ts`): one file that needs nothing else, for the next twenty
 * years. In it are a table of all files (`page-rows.ts`), the totals, a random sample
 * (`sample.ts`), and the most doubtful files (`most-doubtful.ts`). Pictures come from a
 * `PictureSource`: conversion processes make them, from files or while a batch still has its TIFFs,
 * and `gather-pictures.ts` ends them at a bound of bytes.
 *
 * Must never happen: text of a file (a name, metadata) that becomes markup; a script that is not
 * ours (the page's Content-Security-Policy names its own by hash); a TIFF that is replaced by a
 * report.
 */
import { constants } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileError, reasonOf } from '../errors.ts';
import { readFile } from '../files.ts';
import { type OutputRules, writeOutput } from '../local-output.ts';
import { packageFile } from '../package-file.ts';
import { openRegularFile } from '../regular-file.ts';
import { csvOf } from './csv.ts';
import { type OnPictures, PICTURE_BYTES } from './gather-pictures.ts';
import { type HtmlParts, htmlOf } from './html.ts';
import { jsonOf } from './json.ts';
import type { PictureSource } from './picture-source.ts';
import { type ReportRun, reportFormatOf, reportPathProblem } from './report.ts';
import { sha256LinesOf } from './sha256.ts';

/** Options of a report. */
export interface ReportOptions {
  /** The most bytes of all pictures of a page together; default `PICTURE_BYTES`. */
  readonly pictureBytes?: number;
  /** Called as the pictures of a page are made. */
  readonly onProgress?: OnPictures | undefined;
}

/** A report may be overwritten, a TIFF never. */
export const REPORT_RULES: OutputRules = { force: true, keepTiffs: true };

/**
 * Writes a run's results for people or programs, by the path's extension: `.html`, `.csv`,
 * `.json` or `.sha256`. An existing file is overwritten, unless it is a TIFF. Only a page requests
 * pictures.
 *
 * Throws `FileError`.
 */
export async function writeReport(
  path: string,
  run: ReportRun,
  pictures: PictureSource,
  { pictureBytes = PICTURE_BYTES, onProgress }: ReportOptions = {},
): Promise<void> {
  const pieces = await piecesOf(path, run, { pictures, pictureBytes, onProgress });
  await writeOutput(path, REPORT_RULES, async (temporary) => {
    try {
      const file = await openRegularFile(temporary, constants.O_WRONLY | constants.O_TRUNC);
      await pipeline(Readable.from(pieces), file.createWriteStream());
    } catch (error) {
      throw new FileError(
        `Could not write the report ${path}: ${reasonOf(error)}. Check that there is room, or choose another folder.`,
        { cause: error },
      );
    }
  });
}

async function piecesOf(
  path: string,
  run: ReportRun,
  parts: Omit<HtmlParts, 'path' | 'template'>,
): Promise<Iterable<string | Buffer> | AsyncIterable<string>> {
  const format = reportFormatOf(path);
  if (format === 'csv') return csvOf(run);
  if (format === 'json') return jsonOf(run);
  if (format === 'sha256') return sha256LinesOf(run);
  if (format === 'html') return htmlOf(run, { path, template: await readTemplate(), ...parts });
  throw new FileError(`Not written: the report ${path} ${reportPathProblem(path)}.`);
}

async function readTemplate(): Promise<string> {
  try {
    return await readFile(packageFile('dist/bundle/report.html'), 'utf8');
  } catch (cause) {
    throw new FileError(
      `The page that reports are made from cannot be read: ${reasonOf(cause)}. Install the package again, or build it (npm run build).`,
      { cause },
    );
  }
}
