import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import * as v from 'valibot';
import { checkOptions, text } from '../check-options.ts';
import { choosePages as choose } from '../convert/choose-pages.ts';
import { type EncoderSettings, encoderSettings } from '../convert/encoder-settings.ts';
import { inspectFile as inspect } from '../convert/inspect/inspect-file.ts';
import type { Inspection } from '../convert/inspect/inspection.ts';
import { type PagesSetting, parsePages } from '../convert/pages.ts';
import { limitsNow } from '../convert/plan/resources.ts';
import { optionNames } from '../convert/setting-names.ts';
import { budgetOf, encoderOptions, pages, positive } from './options.ts';

/** The options of `inspectFile`: how the TIFF would be converted. All have defaults. */
export interface InspectOptions extends Partial<EncoderSettings> {
  /** The pages that would be converted. Default: `first`. */
  readonly pages?: PagesSetting | undefined;
  /** The memory for a conversion, in bytes. Default: that of the machine or container. */
  readonly memoryBytes?: number | undefined;
}

const schema = v.strictObject({
  ...encoderOptions,
  pages: v.optional(pages),
  memoryBytes: v.optional(positive),
});

/**
 * Reads the contents of a TIFF file from its directories, without decoding it: the structure of all
 * pages, how they would be converted, what their JPEGs would lose, and the problems of the file.
 * Writes nothing.
 *
 * @returns Sizes in bytes and pixels; predicted memory in bytes and CPU time in seconds.
 * @throws `OptionsError` (`INVALID_OPTIONS`); `FileError` (`FILE`) if the file cannot be read;
 *   `ConversionError`: `NOT_A_TIFF`, `UNREADABLE_TIFF` if it has no readable directory,
 *   `NO_SUCH_PAGE`.
 * @example
 * ```ts
 * import { inspectFile } from 'arke-tiff';
 *
 * const { pages, losses, problems } = await inspectFile('scan.tif', { metadata: 'all' });
 * console.log(`${pages} pages`);
 * for (const { message } of [...losses, ...problems]) console.warn(message);
 * ```
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<Inspection> {
  checkOptions(v.strictObject({ path: text }), { path });
  checkOptions(schema, options);
  return inspect(path, {
    name: basename(path),
    encoder: encoderSettings(options),
    pages: parsePages(`${options.pages ?? 'first'}`),
    names: optionNames,
    limits: await limitsNow(budgetOf(options), tmpdir()),
  });
}

/** The selected pages of a TIFF. */
export interface ChosenPages {
  /** Counted from 1, ascending. */
  readonly numbers: readonly [number, ...number[]];
}

/**
 * Finds the pages of a TIFF file to convert. Thumbnails, pyramid levels and masks do not count as
 * pages.
 *
 * @returns The numbers of the pages, counted from 1 and ascending, as `convertTiff` takes them.
 * @throws `OptionsError` (`INVALID_OPTIONS`); `FileError` (`FILE`) if the file cannot be read;
 *   `ConversionError`: `NOT_A_TIFF`, `NO_SUCH_PAGE`, `UNREADABLE_TIFF` if all pages are wanted and
 *   not all can be found.
 * @example
 * ```ts
 * import { choosePages, convertTiff } from 'arke-tiff';
 *
 * const { numbers } = await choosePages('book.tif', 'all');
 * for (const page of numbers)
 *   await convertTiff('book.tif', `book-${page}.jpg`, { page });
 * ```
 */
export async function choosePages(path: string, which: PagesSetting = 'all'): Promise<ChosenPages> {
  checkOptions(v.strictObject({ path: text, pages }), { path, pages: which });
  const { numbers } = await choose(path, parsePages(`${which}`), basename(path));
  return { numbers };
}
