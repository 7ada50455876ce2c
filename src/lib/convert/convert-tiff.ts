import { writeOutput } from '../local-output.ts';
import type { Conversion } from './attempts.ts';
import { convertInPlace } from './convert-in-place.ts';
import { type ConvertOptions, refuseInvalidOptions } from './convert-options.ts';

/**
 * Converts a page of a TIFF file, the first by default, to a JPEG file in a separate process: upright, greyscale kept at
 * one channel, transparent pixels on the background, everything else with exactly the pixels of
 * `sharp(tiff).jpeg({ quality: 95, mozjpeg: true })`, at the highest effort that memory and time permit.
 *
 * `output` appears only when it is complete. It never replaces a TIFF, the input least of all, by whatever link it is
 * reached, and another existing file only with `overwrite: true`. After a failure everything is as before.
 *
 * Throws `OptionsError` for wrong options, `ConversionError`, with the decoder's message where the TIFF is damaged, and
 * `FileError` where a file cannot be read or must not be replaced.
 *
 * @example
 * const { width, height, bytes } = await convertTiff('scan.tif', 'scan.jpg', { quality: 90 });
 */
export async function convertTiff(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  refuseInvalidOptions(options);
  const { overwrite = false, ...rest } = options;
  const rules = {
    force: overwrite,
    forcedBy: 'overwrite: true',
    sources: [input],
    keepTiffs: true,
    jpegs: true,
  };
  return writeOutput(output, rules, (temporary) => convertInPlace(input, temporary, rest));
}
