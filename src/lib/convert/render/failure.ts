import { ConversionError, inParentheses, messageOf } from '../../errors.ts';
import { isFault } from '../fault.ts';
import { missingData } from '../header/completeness.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { speaksOfMemory } from '../memory-words.ts';
import type { PageRequest, SentRequest } from '../messages.ts';
import { speaksOfLoading } from '../not-loaded.ts';
import type { Reader } from '../plan/reader-table.ts';
import { whatRanOut } from '../ran-out.ts';
import {
  BROKEN_CHAIN,
  type DecoderWords,
  damagedTiff,
  incompleteTiff,
  undecodableTiff,
  unsupportedTiff,
} from '../refusal.ts';

/** What could not be read or made, as far as an error of it is explained. */
export interface Failing extends Pick<SentRequest<PageRequest>, 'scratch' | 'name'> {
  readonly paths: { readonly input: string; readonly output?: string };
  readonly page?: TiffPage | undefined;
}

/** Errors of writing the JPEG, not of the TIFF. */
const WRITE_FAILED =
  /write error|unable to (write|open for write)|no space left|ENOSPC|EDQUOT|disk quota|file too large|read-only file system/i;

/** The words of `openRegularFile` when something else is in the JPEG's place. */
const REPLACED = /it is a symbolic link|it is not a file, but/;

/** What decoders say about a page that they do not support, however sound it is. */
const UNSUPPORTED =
  /is not (supported|configured|implemented)|are not supported|no known route|maximum supported|size out of range|cannot be decoded here/i;

/** What libtiff and libvips say about a chain of directories that leads nowhere, or back. */
const SAYS_BROKEN_CHAIN = /failed to read directory|error accessing TIFF directory|IFD looping/i;

/** What decoders say about damaged data. A decoder that only warns is proof enough. */
const DAMAGED =
  /not enough data|decoding error|decompress error|corrupt|bad code word|premature|not yet in table|line length mismatch|data are missing|cannot be decoded|huffman|quantization table/i;

/**
 * sharp's remark about its options, and where libvips was when it gave up: nothing about the file.
 */
const ABOUT_US = /^(Warning treated as error due to failOn setting|error in tile \d+ x \d+)$/;

/** Whether a line of a decoder's message says nothing about the file. */
export function isAboutUs(line: string): boolean {
  return ABOUT_US.test(line);
}

/** The origin of an error. */
export interface Origin {
  /** The decoder that failed. */
  readonly reader: Reader;
  /** Bytes of the TIFF; undefined if unknown. */
  readonly fileBytes?: number | undefined;
}

/**
 * Turns the failure of a conversion into an error for people: out of memory, the JPEG's place, a
 * system limit, or the TIFF itself. Throws the error itself if it is a bug of ours.
 */
export function explainFailure(
  error: unknown,
  failing: Failing,
  { reader, fileBytes }: Origin,
): ConversionError {
  if (isFault(error)) throw error;
  if (error instanceof ConversionError) return error;
  const { name, page } = failing;
  const words = wordsOf(error, failing);
  const options = { cause: error };
  if (speaksOfMemory(words)) return new ConversionError('OUT_OF_MEMORY', words, options);
  if (speaksOfLoading(words)) return new ConversionError('CRASHED', `${words}.`, options);
  const lacking = whatRanOut(words);
  if (lacking)
    return new ConversionError(
      'CRASHED',
      `The conversion of "${name}" could not continue: ${lacking}.`,
      options,
    );
  if (REPLACED.test(words))
    return new ConversionError(
      'WRITE_FAILED',
      `The JPEG of "${name}" could not be written: something else was put in its place ${inParentheses(words)}. ` +
        'Check who can write to that folder, or choose another one.',
      options,
    );
  if (WRITE_FAILED.test(words))
    return new ConversionError(
      'WRITE_FAILED',
      `The JPEG of "${name}" could not be written: free some space on the disk, ` +
        `or choose another folder (TMPDIR for temporary files) ${inParentheses(words)}.`,
      options,
    );
  if (reader === 'samples') return explainSamples(words, name, options);
  const said = { decoder: reader === 'magick' ? 'ImageMagick' : 'sharp', words } as const;
  const [missing] = page && fileBytes !== undefined ? missingData(page, fileBytes) : [];
  if (missing) return incompleteTiff(name, missing, said, options);
  return explainWords(said, name, options);
}

/** Our own reader's messages need no translation. */
function explainSamples(words: string, name: string, options: ErrorOptions): ConversionError {
  if (UNSUPPORTED.test(words))
    return unsupportedTiff(name, `cannot be read: ${words}`, undefined, options);
  return damagedTiff(name, words, undefined, options);
}

function explainWords(said: DecoderWords, name: string, options: ErrorOptions): ConversionError {
  const { words } = said;
  if (SAYS_BROKEN_CHAIN.test(words)) return damagedTiff(name, BROKEN_CHAIN, said, options);
  if (UNSUPPORTED.test(words))
    return unsupportedTiff(name, 'is of a kind that arke-tiff cannot decode', said, options);
  if (DAMAGED.test(words)) return damagedTiff(name, 'its data cannot be decoded', said, options);
  return undecodableTiff(
    name,
    'cannot be decoded: it is damaged, or breaks the TIFF specification in a way that its decoder does not accept',
    said,
    options,
  );
}

/** A decoder's message as one line, without repeated lines and our paths. */
export function wordsOf(error: unknown, { paths, scratch }: Omit<Failing, 'name'>): string {
  const { plain, expected, ...others } = scratch;
  const { input, output = expected } = paths;
  const names: (readonly [path: string, name: string])[] = [
    [`${input}: `, ''],
    [`${plain}: `, ''],
    [input, 'the TIFF'],
    [plain, 'the TIFF'],
    [output, 'the JPEG'],
    ...Object.values(others).map((path) => [path, 'the temporary file'] as const),
  ];
  const named = names
    .reduce((text, [path, name]) => text.replaceAll(path, name), messageOf(error))
    .replaceAll(/\/proc\/self\/fd\/\d+/g, 'the JPEG');
  const lines = named.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line && !isAboutUs(line));
  return [...new Set(said)].join('; ').replace(/\.$/, '');
}
