/*
 * Convert: one page of a TIFF file becomes one JPEG file. The room knows paths, settings and
 * limits, and nothing of R2, tasks or runs. What holds in it: docs/policies.md, "Fidelity" and
 * "Budget".
 *
 * Terms. The *header* is all that a TIFF says of itself. A *page* is a full-resolution picture
 * (`pages.ts` decides which directories are pages, and which `first` stands for). A *plan* is how a
 * page is converted: reader, effort, way of turning. The *conversion process* carries it out. A
 * *note* is worth telling about the result.
 *
 * How data passes:
 *
 *   open-tiff   refuses other formats by name (`file-kind.ts`) and reads the header
 *   plan/       chooses the best plan that fits the limits, from the header alone
 *   attempts    carries it out; one that is killed, hangs or is too slow gets a cheaper one
 *   process/    the conversion process, as seen from here, and its own main file
 *   render/     in the process: decode, turn, flatten, convert colours, encode, add metadata
 *
 * Beside this way stand `fallback/` (decoders for what sharp cannot read), `inspect/` (what a
 * conversion would change, without one) and `verify/` (whether a JPEG is like its TIFF). `header/`
 * and `plan/` load no decoder, and the parent process never does: it must stay small, and survive.
 *
 * Who reads a page is decided from the header, by a table (`plan/reader-table.ts`). What only the
 * data tell is looked for where the header is read (LZW of the old kind, the colours of a JPEG
 * without PhotometricInterpretation); that a fax is odd is known when sharp has refused it
 * (`render/odd-fax.ts`).
 *
 * Files come from strangers, so what is damaged is an error and never a partial picture. What
 * violates the specification and is forgiven by other readers is converted once the header has
 * proved that nothing is missing (`render/forgiveness.ts`, `header/completeness.ts`).
 *
 * Must never happen: a partial picture; a JPEG under its final name before it is complete (here the
 * caller's: this file writes temporary ones); a decoder in the parent; a secret in the process.
 */
import { basename } from 'node:path';
import { rm } from '../files.ts';
import { absolutePath } from '../path-bytes.ts';
import { withWorkspace } from '../workspace.ts';
import { type Conversion, convertByPlan, type PlanningOptions } from './attempts.ts';
import { type EncoderSettings, encoderSettings } from './encoder-settings.ts';
import type { TiffHeader } from './header/tiff-header.ts';
import { notesBesides } from './notes-on-pages.ts';
import { openTiff } from './open-tiff.ts';
import { firstPage, nameOfPage, pageNumbered } from './pages.ts';
import { pageFile } from './plan/readable.ts';
import { limitsNow } from './plan/resources.ts';
import { type Converter, openConverter } from './process/converter.ts';

/** What a conversion in place can be told besides the paths. */
export interface InPlaceOptions extends Partial<EncoderSettings>, PlanningOptions {
  /** How the TIFF is called in messages; default: its file name. */
  readonly name?: string | undefined;
  /** Which page, counted from 1 (`pagesOf`); without it `firstPage`, and a note says that there are more. */
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
  const { littleEndian, big } = header;
  const number = options.page ?? firstPage(header);
  const page = pageNumbered(header, number, file);
  const name = options.page === undefined ? file : nameOfPage(header, options.page, file);
  const paths = { input: absolutePath(input), output: absolutePath(output), name };
  const work = {
    ...paths,
    page,
    format: { littleEndian, big },
    file: pageFile(header, name),
    settings,
    converter,
  };
  const limits = await limitsNow(options.budget ?? {}, converter.temporaryFolder);
  try {
    const conversion = await convertByPlan({ ...work, options }, limits, settings);
    const { reading } = conversion.plan;
    const asked = options.page ?? 'first';
    const notes = notesBesides({ header, page, reading }, asked, options.budget?.names);
    return { ...conversion, notes: [...conversion.notes, ...notes] };
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}
