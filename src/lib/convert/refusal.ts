import { ConversionError, inParentheses } from '../errors.ts';
import type { MissingData } from './header/completeness.ts';

/** A decoder's own words about a file, and who says them. */
export interface DecoderWords {
  readonly decoder: 'sharp' | 'ImageMagick';
  readonly words: string;
}

/**
 * What sharp says of every file that it does not recognise as a TIFF. The contract wants sharp's message about
 * an invalid TIFF in the callback; for these files nobody has to ask sharp to know it.
 */
export const NO_TIFF_TO_SHARP: DecoderWords = {
  decoder: 'sharp',
  words: 'Input file contains unsupported image format',
};

/** What is said of a file whose chain of directories leads nowhere, or back. */
export const BROKEN_CHAIN = 'its list of pages is broken';

/** The error of a file that is no TIFF; `what` completes the sentence that its name begins. */
export function notATiff(name: string, what: string, said?: DecoderWords): ConversionError {
  return refusal('NOT_A_TIFF', name, what, 'Check where it came from', said);
}

/** The error of a TIFF that is proven to be damaged: by what `what` says. */
export function damagedTiff(
  name: string,
  what: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  const advice = 'Check where it came from';
  return refusal('UNREADABLE_TIFF', name, `is damaged: ${what}`, advice, said, options);
}

/** The error where all pages of a TIFF are wanted and only the first `found` can be found, as its chain is broken. */
export function unreachablePages(name: string, found: number): ConversionError {
  const advice =
    found === 1
      ? 'Convert page 1 alone, by its number, or check where the TIFF came from'
      : `Convert pages 1 to ${found} by their numbers, or check where the TIFF came from`;
  return refusal('UNREADABLE_TIFF', name, `is damaged: ${BROKEN_CHAIN}`, advice);
}

/** The error of a TIFF of whose data something is missing; where the file may be sound all the same, it is not called damaged. */
export function incompleteTiff(
  name: string,
  { code, message }: MissingData,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  if (code === 'TRUNCATED' || code === 'NO_CHECKSUM' || code === 'MISSING_SEGMENTS')
    return damagedTiff(name, message, said, options);
  return undecodableTiff(name, `cannot be decoded: ${message}`, said, options);
}

/** The error of a sound TIFF of a kind that no decoder here reads. */
export function unsupportedTiff(
  name: string,
  what: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  // True of whatever it is that no decoder reads: colours, depth, tiles or compression.
  const advice =
    'Save it in another program as RGB or greyscale of 8 or 16 bits, in strips, uncompressed or with LZW';
  return refusal('UNSUPPORTED_TIFF', name, what, advice, said, options);
}

/** The error of a TIFF that a decoder refuses, and of which nobody knows whether it is damaged. */
export function undecodableTiff(
  name: string,
  what: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  const advice = 'Try opening it in another program, and save it again there';
  return refusal('UNREADABLE_TIFF', name, what, advice, said, options);
}

/** What → why → what to do, and the decoder's words last. */
function refusal(
  code: 'NOT_A_TIFF' | 'UNREADABLE_TIFF' | 'UNSUPPORTED_TIFF',
  name: string,
  what: string,
  advice: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  const quoted = said
    ? ` ${inParentheses(`the decoder, ${said.decoder}, says: ${said.words}`)}`
    : '';
  return new ConversionError(code, `"${name}" ${what}. ${advice}${quoted}.`, options);
}
