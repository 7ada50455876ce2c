import { ConversionError, inParentheses } from '../errors.ts';
import type { MissingData } from './header/completeness.ts';

/** A decoder's own message about a file, and the decoder's name. */
export interface DecoderWords {
  readonly decoder: 'sharp' | 'ImageMagick';
  readonly words: string;
}

/**
 * What sharp reports for every file that it does not recognise as a TIFF. The contract requires
 * sharp's message about an invalid TIFF in the callback; for these files it is known without asking
 * sharp.
 */
export const NO_TIFF_TO_SHARP: DecoderWords = {
  decoder: 'sharp',
  words: 'Input file contains unsupported image format',
};

/** The text for a file whose chain of directories leads nowhere, or back. */
export const BROKEN_CHAIN = 'its list of pages is broken';

/** The error for a file that is not a TIFF; `what` completes the sentence that its name begins. */
export function notATiff(name: string, what: string, said?: DecoderWords): ConversionError {
  return refusal('NOT_A_TIFF', name, what, 'Check where it came from', said);
}

/** The error for a TIFF that is proven to be damaged; `what` is the proof. */
export function damagedTiff(
  name: string,
  what: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  const advice = 'Check where it came from';
  return refusal('UNREADABLE_TIFF', name, `is damaged: ${what}`, advice, said, options);
}

/**
 * The error if all pages are wanted but only the first `found` can be found, because the chain is
 * broken.
 */
export function unreachablePages(name: string, found: number): ConversionError {
  const advice =
    found === 1
      ? 'Convert page 1 alone, by its number, or check where the TIFF came from'
      : `Convert pages 1 to ${found} by their numbers, or check where the TIFF came from`;
  return refusal('UNREADABLE_TIFF', name, `is damaged: ${BROKEN_CHAIN}`, advice);
}

/** The error for a TIFF with missing data; it is not called damaged if the file may be intact. */
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

/** The error for an intact TIFF of a kind that no decoder here reads. */
export function unsupportedTiff(
  name: string,
  what: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  // Fits every unsupported feature: colours, depth, tiles or compression.
  const advice =
    'Save it in another program as 8-bit or 16-bit RGB or greyscale, in strips, uncompressed or with LZW';
  return refusal('UNSUPPORTED_TIFF', name, what, advice, said, options);
}

/** The error for a TIFF that a decoder refuses for an unknown reason, damaged or not. */
export function undecodableTiff(
  name: string,
  what: string,
  said?: DecoderWords,
  options?: ErrorOptions,
): ConversionError {
  const advice = 'Try opening it in another program, and save it again there';
  return refusal('UNREADABLE_TIFF', name, what, advice, said, options);
}

/** What, why, what to do, and the decoder's message last. */
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
