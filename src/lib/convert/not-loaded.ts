import { messageOf } from '../errors.ts';

const WORDS = 'A decoder could not be loaded';

/** What it means when a decoder's own files cannot be read: nothing is wrong with the TIFF. */
export function notLoaded(error: unknown): Error {
  const message = `${WORDS}: ${messageOf(error)}. Install the packages again (npm ci)`;
  return new Error(message, { cause: error });
}

/** Whether words, which are all that a thread's error leaves behind, are those of `notLoaded`. */
export function speaksOfLoading(words: string): boolean {
  return words.startsWith(WORDS);
}
