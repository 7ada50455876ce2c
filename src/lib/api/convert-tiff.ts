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

/**
 * The options of `convertTiff`. All have defaults; those of `EncoderSettings` are
 * `defaultEncoderSettings`.
 */
export interface ConvertOptions extends Partial<EncoderSettings> {
  /**
   * The page to convert, counted from 1. Default: the first; a note then says how many others there
   * are.
   */
  readonly page?: number | undefined;
  /** Whether to replace an existing output; a TIFF is never replaced. Default: false. */
  readonly overwrite?: boolean | undefined;
  /** The memory for the conversion, in bytes. Default: that of the machine or container. */
  readonly memoryBytes?: number | undefined;
  /** Ends the conversion: `convertTiff` then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the error of a failed attempt if another one with less memory follows. */
  readonly onReplan?: ((error: ConversionError) => void) | undefined;
}

/** The result for a TIFF: the JPEG, how it was made, and the cost. */
export interface Conversion {
  /** In pixels, as the JPEG is displayed. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  /** Size of the JPEG in bytes. */
  readonly bytes: number;
  readonly notes: readonly ConversionNote[];
  readonly effort: Effort;
  /** The decoder of the TIFF. */
  readonly reader: Reader;
  readonly cpuSeconds: number;
  /** Peak memory of the process, in bytes (Linux: VmHWM). */
  readonly peakBytes: number;
}

const schema = v.strictObject({
  ...conversionOptions,
  page: v.optional(page),
  onReplan: v.optional(listener),
});

const paths = v.strictObject({ input: text, output: text });

/**
 * Converts a page of a TIFF file to an upright JPEG file, in a separate process. Greyscale keeps
 * its single channel, transparent pixels show the background, and colours become sRGB unless the
 * profile is kept.
 *
 * `output` must end in `.jpg`, `.jpeg` or `.jpe`, or in nothing that could name a format: letters,
 * or letters and digits, after a dot. It gets its name only when it is complete; a failure leaves
 * everything as it was before. An existing file is replaced only with `overwrite: true`; the input
 * or any other TIFF never is, whatever name or link leads to it.
 *
 * For a path that is not UTF-8, pass the result of `pathOfBytes`; messages contain it in this form
 * too (`shownPath`).
 *
 * @returns The size of the JPEG in pixels and bytes, notes on what it lacks of the TIFF, and the
 *   cost of the conversion: CPU seconds, and peak memory in bytes.
 * @throws `OptionsError` (`INVALID_OPTIONS`) listing all wrong options; `FileError` (`FILE`) if the
 *   TIFF cannot be read or the JPEG cannot be written; `ConversionError` if the TIFF cannot be
 *   converted (`ConversionErrorCode`); `ArkeError` (`BUNDLED`) if files of the package are missing.
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
