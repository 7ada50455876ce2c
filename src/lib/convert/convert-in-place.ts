/*
 * Convert: one page of a TIFF file becomes one JPEG file. The room knows paths, settings and
 * limits, but not R2, tasks or runs. Its rules: docs/policies.md, "Fidelity" and "Budget".
 *
 * Terms. The *header* is everything that a TIFF says about itself. A *page* is a full-resolution
 * picture (`pages.ts` decides which directories are pages, and which one `first` means). A *plan*
 * is how a page is converted: reader, effort, way of turning. A *request* asks the process for
 * something, and names the files that stay (`messages.ts`). The *conversion process* carries it
 * out. A *note* is a remark about the result.
 *
 * How data passes:
 *
 *   open-page   refuses other formats by name (`file-kind.ts`), finds the page and its reader
 *   plan/       chooses the best plan that fits the limits, from the header alone
 *   attempts    carries it out; one that is killed, hangs or is too slow gets a cheaper one
 *   process/    the conversion process, as seen from here, and its own main file
 *   render/     in the process: decode, turn, flatten, convert colours, encode, add metadata
 *
 * Beside this path: `fallback/` (decoders for what sharp cannot read), `inspect/` (what a
 * conversion would change, without one) and `verify/` (whether a JPEG is like its TIFF). `header/`
 * and `plan/` load no decoder, and the parent process never does: it must stay small, and survive.
 *
 * The header decides who reads a page, by a table (`plan/reader-table.ts`). A few features show
 * only in the data: old LZW and the colours of a JPEG without PhotometricInterpretation are looked
 * for when the header is read; an odd fax is known when sharp has refused it (`render/odd-fax.ts`).
 *
 * Files come from strangers, so damage is an error and never a partial picture. A file that
 * violates the specification, but that other readers accept, is converted once the header has
 * proved that nothing is missing (`render/forgiveness.ts`, `header/completeness.ts`).
 *
 * Must never happen: a partial picture; a JPEG under its final name before it is complete (here the
 * caller's duty: this file writes temporary files); a decoder in the parent; a secret in the
 * process.
 */
import { rm } from '../files.ts';
import { withWorkspace } from '../workspace.ts';
import { type ConversionResult, convertByPlan, type PlanningOptions } from './attempts.ts';
import { type EncoderSettings, encoderSettings } from './encoder-settings.ts';
import type { TiffPage } from './header/tiff-header.ts';
import { notesBesides } from './notes-on-pages.ts';
import { openPage, type PageToOpen } from './open-page.ts';
import { pricePage } from './plan/plan.ts';
import { readable } from './plan/readable.ts';
import { limitsNow } from './plan/resources.ts';
import { type Converter, openConverter } from './process/converter.ts';

/** Options of a conversion in place. Without a page, a note says how many others there are. */
export interface InPlaceOptions extends Partial<EncoderSettings>, PlanningOptions, PageToOpen {
  /** A running converter; by default one is started for this conversion alone. */
  readonly converter?: Converter | undefined;
}

/**
 * Converts a page of a TIFF file to a JPEG file in a separate process, as `convertTiff` describes,
 * but overwrites `output` in place, and removes it if the conversion fails. Only for temporary
 * files that nobody else reads: `convertTiff` and `writeOutputs` protect existing files.
 *
 * Throws `ConversionError`, with the decoder's message if the TIFF is damaged, and `FileError`.
 */
export async function convertInPlace(
  input: string,
  output: string,
  options: InPlaceOptions = {},
): Promise<ConversionResult> {
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
): Promise<ConversionResult> {
  const { budget = {}, page: asked = 'first', damageTold, priced } = options;
  const encoder = encoderSettings(options);
  // A page that is alone in its file by now is another one than the one that was priced.
  const known = (page: TiffPage) => (page === priced?.page ? priced : undefined);
  try {
    const opened = await openPage(
      input,
      options,
      (page, file) => known(page) ?? readable(page, file, damageTold),
    );
    const limits = await limitsNow(budget, converter.temporaryFolder);
    const toConvert = {
      opened,
      priced: known(opened.page) ?? pricePage(opened, encoder),
      output,
      encoder,
      converter,
      options,
    };
    const conversion = await convertByPlan(toConvert, limits);
    const notes = notesBesides(opened, asked, budget.names);
    return { ...conversion, notes: [...conversion.notes, ...notes] };
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}
