import { ConversionError, inParentheses, messageOf } from '../../errors.ts';
import { isFault } from '../fault.ts';
import { missingData } from '../header/completeness.ts';
import { speaksOfMemory } from '../memory-words.ts';
import type { ConversionJob } from '../messages.ts';
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

type Paths = 'input' | 'output' | 'scratch' | 'plain';

/** What is said when the JPEG, not the TIFF, is the trouble. */
const WRITE_FAILED =
  /write error|unable to (write|open for write)|no space left|ENOSPC|EDQUOT|disk quota|file too large|read-only file system/i;

/** What is said when something else lies in the place where the JPEG is made (`openRegularFile`). */
const REPLACED = /it is a symbolic link|it is no file, but/;

/** What decoders say of a page that they were not made for, however sound it is. */
const UNSUPPORTED =
  /is not (supported|configured|implemented)|are not supported|no known route|maximum supported|size out of range|cannot be undone here/i;

/** What libtiff and libvips say of a chain of directories that leads nowhere, or back. */
const SAYS_BROKEN_CHAIN = /failed to read directory|error accessing TIFF directory|IFD looping/i;

/** What decoders say of data that are damaged. A warning of one that reads on is proof enough. */
const DAMAGED =
  /not enough data|decoding error|decompress error|corrupt|bad code word|premature|not yet in table|line length mismatch|data are missing|cannot be decoded|huffman|quantization table/i;

/** Sharp's own remark on what it was told to do, and where libvips was when it gave up: nothing about the file. */
const ABOUT_US = /^(Warning treated as error due to failOn setting|error in tile \d+ x \d+)$/;

/** Whether a line of a decoder's message says nothing about the file. */
export function isAboutUs(line: string): boolean {
  return ABOUT_US.test(line);
}

/** Where an error comes from. */
export interface Origin {
  /** Who could not read on. */
  readonly reader: Reader;
  /** Of the TIFF; undefined where nobody knows. */
  readonly fileBytes?: number | undefined;
}

/**
 * The error of a conversion that failed, told for a person: is it memory, the place where the JPEG
 * goes, what the system has too little of, or the TIFF itself? Throws the error itself where it is a fault of our own code.
 */
export function explainFailure(
  error: unknown,
  job: Pick<ConversionJob, Paths | 'name' | 'page'>,
  { reader, fileBytes }: Origin,
): ConversionError {
  if (isFault(error)) throw error;
  if (error instanceof ConversionError) return error;
  const words = wordsOf(error, job);
  const options = { cause: error };
  if (speaksOfMemory(words)) return new ConversionError('OUT_OF_MEMORY', words, options);
  if (speaksOfLoading(words)) return new ConversionError('CRASHED', `${words}.`, options);
  const lacking = whatRanOut(words);
  if (lacking)
    return new ConversionError(
      'CRASHED',
      `The conversion of "${job.name}" could not go on: ${lacking}.`,
      options,
    );
  if (REPLACED.test(words))
    return new ConversionError(
      'WRITE_FAILED',
      `The JPEG of "${job.name}" could not be written: somebody has put something else in its place ${inParentheses(words)}. ` +
        'Look at who may write to that folder, or choose another one.',
      options,
    );
  if (WRITE_FAILED.test(words))
    return new ConversionError(
      'WRITE_FAILED',
      `The JPEG of "${job.name}" could not be written: make room on the disk, ` +
        `or choose another folder (TMPDIR for temporary files) ${inParentheses(words)}.`,
      options,
    );
  if (reader === 'samples') return explainSamples(words, job.name, options);
  const said = { decoder: reader === 'magick' ? 'ImageMagick' : 'sharp', words } as const;
  const [missing] = job.page && fileBytes !== undefined ? missingData(job.page, fileBytes) : [];
  if (missing) return incompleteTiff(job.name, missing, said, options);
  return explainWords(said, job.name, options);
}

/** Our own reader speaks as we do. */
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

/** A decoder's own message as one line, each of its lines once, without our paths. */
export function wordsOf(
  error: unknown,
  { input, output, scratch, plain }: Pick<ConversionJob, Paths>,
): string {
  const named = messageOf(error)
    .replaceAll(`${input}: `, '')
    .replaceAll(`${plain}: `, '')
    .replaceAll(input, 'the TIFF')
    .replaceAll(plain, 'the TIFF')
    .replaceAll(output, 'the JPEG')
    .replaceAll(/\/proc\/self\/fd\/\d+/g, 'the JPEG')
    .replaceAll(scratch, 'the temporary file');
  const lines = named.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line && !isAboutUs(line));
  return [...new Set(said)].join('; ').replace(/\.$/, '');
}
