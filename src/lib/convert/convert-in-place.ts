import { basename } from 'node:path';
import { rm } from '../files.ts';
import { absolutePath } from '../path-bytes.ts';
import { withWorkspace } from '../workspace.ts';
import { type Conversion, convertByPlan, type PlanningOptions } from './attempts.ts';
import { type EncoderSettings, encoderSettings } from './encoder-settings.ts';
import type { TiffHeader, TiffPage } from './header/tiff-header.ts';
import type { ConversionNote } from './messages.ts';
import { openTiff } from './open-tiff.ts';
import { isOfAnother, nameOfPage, pageNumbered, pagesOf } from './pages.ts';
import { limitsNow } from './plan/resources.ts';
import { type Converter, openConverter } from './process/converter.ts';
import { commandNames } from './setting-names.ts';

/** What a conversion in place can be told besides the paths. */
export interface InPlaceOptions extends Partial<EncoderSettings>, PlanningOptions {
  /** How the TIFF is called in messages; default: its file name. */
  readonly name?: string | undefined;
  /** Which page, counted from 1 (`pagesOf`); without it the first, and a note says that there are more. */
  readonly page?: number | undefined;
  /** What `readTiffHeader` says of the file, if it has been read already. */
  readonly header?: TiffHeader | undefined;
  /** The process that converts, if one is running already; default: one for this conversion alone. */
  readonly converter?: Converter | undefined;
}

/**
 * Converts a page of a TIFF file to a JPEG file in a separate process, as `convertTiff` describes, but writes `output`
 * in place, whatever is there, and removes it when the conversion fails. Only for temporary files that nobody else
 * reads: `convertTiff` and `writeOutputs` keep files from harm.
 *
 * Throws `ConversionError`, carrying the decoder's message where the TIFF is damaged, and `FileError`.
 */
export async function convertInPlace(
  input: string,
  output: string,
  options: InPlaceOptions = {},
): Promise<Conversion> {
  const { converter } = options;
  if (converter) return convertWith(converter, input, output, options);
  return withWorkspace(async ({ folder }) => {
    const own = openConverter(folder);
    try {
      return await convertWith(own, input, output, options);
    } finally {
      await own.close();
    }
  });
}

async function convertWith(
  converter: Converter,
  input: string,
  output: string,
  options: InPlaceOptions,
): Promise<Conversion> {
  const { name: file = basename(input) } = options;
  const settings = encoderSettings(options);
  const header = options.header ?? (await openTiff(input, file));
  const { littleEndian, big, fileBytes } = header;
  const page = pageNumbered(header, options.page ?? 1, file);
  const name = options.page === undefined ? file : nameOfPage(header, options.page, file);
  const paths = { input: absolutePath(input), output: absolutePath(output), name };
  const work = {
    ...paths,
    page,
    format: { littleEndian, big },
    fileBytes,
    settings,
    converter,
  };
  const limits = await limitsNow(options.budget ?? {}, converter.temporaryFolder);
  try {
    const conversion = await convertByPlan({ ...work, options }, limits, settings);
    const notes = options.page === undefined ? notesOnPages(header, options.budget?.names) : [];
    return { ...conversion, notes: [...conversion.notes, ...notesOnPage(page), ...notes] };
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}

/** What is left where a raw or layered file keeps its picture elsewhere: below a directory, for example. */
function notesOnPage(page: TiffPage): ConversionNote[] {
  if (!isOfAnother(page)) return [];
  const message =
    'The TIFF has nothing but a smaller version of its picture, or a mask, where pages are; it was converted';
  return [{ code: 'ONLY_REDUCED', message }];
}

function notesOnPages(header: TiffHeader, { allPages } = commandNames): ConversionNote[] {
  const further = pagesOf(header).length - 1;
  if (further === 0) return [];
  const were = further === 1 ? 'page was' : 'pages were';
  const message = `Only page 1 was converted; ${further} further ${were} not (${allPages} converts all)`;
  return [{ code: 'PAGES_NOT_CONVERTED', message }];
}
