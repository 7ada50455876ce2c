import { messageOf } from '../errors.ts';

const WORDS = 'A decoder could not be loaded';

/** The error when a decoder's own files cannot be read: nothing is wrong with the TIFF. */
export function notLoaded(error: unknown): Error {
  const message = `${WORDS}: ${messageOf(error)}. Install the packages again (npm ci)`;
  return new Error(message, { cause: error });
}

/** Whether a message, which is all that remains of a thread's error, comes from `notLoaded`. */
export function speaksOfLoading(words: string): boolean {
  return words.startsWith(WORDS);
}
