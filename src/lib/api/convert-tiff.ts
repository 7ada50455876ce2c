import * as v from 'valibot';
import { checkOptions, listener, text } from '../check-options.ts';
import { convertInPlace } from '../convert/convert-in-place.ts';
import type { Effort, EncoderSettings } from '../convert/encoder-settings.ts';
import type { ConversionNote } from '../convert/messages.ts';
import type { Reader } from '../convert/plan/reader-table.ts';
import { optionNames } from '../convert/setting-names.ts';
import type { ConversionError } from '../errors.ts';
import { onlySource, writeOutput } from '../local-output.ts';
import { conversionOptions, FORCED_BY, page } from './options.ts';
import { refuseBundled } from './whole-package.ts';

/** The options of `convertTiff`. All have defaults; those of `EncoderSettings` are `defaultEncoderSettings`. */
export interface ConvertOptions extends Partial<EncoderSettings> {
  /** The page to convert, counted from 1. Default: the first; a note then tells how many others there are. */
  readonly page?: number | undefined;
  /** Whether an existing output is replaced; a TIFF never is. Default: false. */
  readonly overwrite?: boolean | undefined;
  /** The memory that the conversion may use, in bytes. Default: what the machine or container has. */
  readonly memoryBytes?: number | undefined;
  /** Ends the conversion: `convertTiff` then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the error when an attempt fails and another one follows, with less memory. */
  readonly onReplan?: ((error: ConversionError) => void) | undefined;
}

/** What became of a TIFF, how, and what that took. */
export interface Conversion {
  /** Pixels, as the JPEG is to be seen. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  /** Size of the JPEG in bytes. */
  readonly bytes: number;
  readonly notes: readonly ConversionNote[];
  readonly effort: Effort;
  /** Who decoded the TIFF. */
  readonly reader: Reader;
  readonly cpuSeconds: number;
  /** The most memory that the process has held, in bytes (Linux: VmHWM). */
  readonly peakBytes: number;
}

const schema = v.strictObject({
  ...conversionOptions,
  page: v.optional(page),
  onReplan: v.optional(listener),
});

const paths = v.strictObject({ input: text, output: text });

/**
 * Converts a page of a TIFF file to a JPEG file, upright, in a separate process. Greyscale keeps its one channel,
 * transparency is laid on the background, colours become sRGB unless the profile is kept.
 *
 * `output` must end in `.jpg`, `.jpeg` or `.jpe`, or in nothing that could name a format: letters, or letters and digits,
 * after a dot. It gets its name only when it is complete; after a failure everything is as it was before. An existing file is replaced only with `overwrite: true`, and the input or any
 * other TIFF never, by whatever name or link it is reached.
 *
 * A path that is not UTF-8 is what `pathOfBytes` makes of its bytes; messages hold it so, too (`shownPath`).
 *
 * @returns The size of the JPEG in pixels and bytes, notes on what it does not have of the TIFF, and what the conversion
 *   took: CPU seconds, and bytes of memory at its peak.
 * @throws `OptionsError` (`INVALID_OPTIONS`) listing all wrong options; `FileError` (`FILE`) when the TIFF cannot be read
 *   or the JPEG not be written; `ConversionError` when the TIFF cannot become a JPEG (`ConversionErrorCode`);
 *   `ArkeError` (`BUNDLED`) when files of the package are missing.
 * @example
 * ```ts
 * import { convertTiff } from 'arke-tiff';
 *
 * const { width, height, bytes, notes } = await convertTiff('scan.tif', 'scan.jpg', { quality: 90 });
 * console.log(`${width} × ${height} pixels, ${bytes} bytes`);
 * for (const { message } of notes) console.warn(message);
 * ```
 */
export async function convertTiff(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  checkOptions(paths, { input, output });
  checkOptions(schema, options);
  refuseBundled();
  const { overwrite: force = false, memoryBytes, ...rest } = options;
  const sourceWith = await onlySource(input);
  const rules = { force, forcedBy: FORCED_BY, sourceWith, keepTiffs: true, jpegs: true };
  const names = { ...optionNames, allPages: "convertCollection with pages: 'all'" };
  const settings = { ...rest, budget: { memoryBytes, names } };
  const { plan, width, height, channels, bytes, notes, cpuSeconds, peakBytes } = await writeOutput(
    output,
    rules,
    (temporary) => convertInPlace(input, temporary, settings),
  );
  const { effort, reading } = plan;
  const how = { effort, reader: reading.reader, cpuSeconds, peakBytes };
  return { width, height, channels, bytes, notes, ...how };
}
