import { rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { withWorkspace } from '../workspace.ts';
import { type Conversion, convertByPlan, type PlanningOptions } from './attempts.ts';
import { defaultEncoderSettings, type EncoderSettings } from './encoder-settings.ts';
import { refuseOtherFormats } from './file-kind.ts';
import { readTiffHeader } from './header/tiff-header.ts';
import { limitsNow } from './plan/resources.ts';
import { type Converter, startConverter } from './process/converter.ts';

/** What `convertTiff` can be told besides the paths. */
export interface ConvertOptions extends Partial<EncoderSettings>, PlanningOptions {
  /** How the TIFF is called in messages; default: its file name. */
  readonly name?: string;
  /** A process to do it, for whoever has started one early or converts several; default: one of its own. */
  readonly converter?: Converter;
}

/**
 * Converts the first page of a TIFF file to a JPEG file in a process of its own: orientation applied,
 * greyscale kept at one channel, transparency laid on the background, everything else with exactly the
 * pixels of `sharp(tiff).jpeg({ quality: 95, mozjpeg: true })` (design: "Fidelity policy"), as hard as
 * memory and time allow. `output` is written in place: give a path that nobody reads yet; it is removed
 * when the conversion fails.
 *
 * Throws `ConversionError`, carrying the decoder's message where the TIFF is damaged, and `FileError`.
 */
export async function convertTiff(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const { converter } = options;
  if (converter) return convertWith(converter, input, output, options);
  return withWorkspace(async ({ folder }) => {
    const own = startConverter(folder);
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
  options: ConvertOptions,
): Promise<Conversion> {
  const { name = basename(input), quality, chromaSubsampling, background, effort } = options;
  const asked = { quality, chromaSubsampling, background, effort };
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  const settings = { ...defaultEncoderSettings, ...Object.fromEntries(given) };
  await refuseOtherFormats(input, name);
  const page = (await readTiffHeader(input))?.pages[0];
  const work = { input: resolve(input), output: resolve(output), name, page, settings, converter };
  const limits = await limitsNow(options.budget ?? {}, converter.temporaryFolder);
  try {
    return await convertByPlan({ ...work, options }, limits, settings);
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}
