import { inParentheses, messageOf } from '../../../errors.ts';
import { isFault } from '../../fault.ts';
import { speaksOfMemory } from '../../memory-words.ts';

/**
 * Warnings of libtiff that say nothing about the pixels. All others, including unknown ones, count
 * as missing or wrong pixels: a partial picture must not pass.
 */
const HARMLESS = [
  // Reported for every old-style JPEG.
  /^Deprecated and troublesome old-style JPEG compression mode/,
  // The JPEG data override the directory.
  /^Auto-corrected former TIFF subsampling values/,
  /^Subsampling (?:inside JPEG data|tag is not set, yet subsampling inside JPEG data)/,
  /^Photometric tag (?:is missing|value assumed incorrect), assuming data is YCbCr/,
  /^BitsPerSample tag is missing, assuming 8 bits per sample/,
  /^Sum of Photometric type-related color channels and ExtraSamples doesn't match/,
  /^The JPEG strip\/tile is encoded with progressive mode/,
  // The last strip has surplus rows.
  /^JPEG strip size exceeds expected dimensions/,
];

/** What ImageMagick and its WebAssembly say when memory runs out. */
const NO_MEMORY =
  /cache ?resources ?exhausted|memory ?allocation ?failed|unable ?to ?(?:extend|create|open) ?(?:pixel ?)?cache|array buffer allocation|\boom\b|memory access out of bounds|no space for/i;

/** An ImageMagick exception, with the accompanying ones. */
export interface Complaint {
  readonly message: string;
  readonly relatedErrors: readonly Complaint[];
}

/** The first ImageMagick warning about missing or wrong pixels, in libtiff's words. */
export function seriousWarning(complaint: Complaint): string | undefined {
  const all = [complaint, ...complaint.relatedErrors];
  return all
    .map(({ message }) => plainWords(message))
    .find((words) => !HARMLESS.some((harmless) => harmless.test(words)));
}

/**
 * ImageMagick's failure as an error in libtiff's words; lack of memory is reported as such, our own
 * bugs are kept.
 */
export function magickError(error: unknown): Error {
  if (isFault(error)) return error;
  const words = plainWords(messageOf(error));
  if (NO_MEMORY.test(words) || speaksOfMemory(words))
    return new Error(
      `ImageMagick cannot allocate the memory for the picture ${inParentheses(words)}`,
      {
        cause: error,
      },
    );
  return new Error(words, { cause: error });
}

/**
 * Without the position in ImageMagick's source and function names: "Read error. `TIFFFillStrip' @
 * error/tiff.c/…".
 */
function plainWords(message: string): string {
  const plain = message
    .replace(/\s*@ (?:error|warning|fatal)\/.*$/s, '')
    .replace(/\s*`[^`']*'$/, '');
  return plain.replace(/^[:\s]+/, '').replace(/[.\s]+$/, '');
}
