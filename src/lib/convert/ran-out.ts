/** What the system reports when a resource runs out or a disk fails, with meaning and remedy. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /\bENFILE\b|too many open files in system/i,
    'the system has too many open files (ENFILE). Close other programs, or raise the limit (fs.file-max)',
  ],
  [
    /\bEMFILE\b|too many open files/i,
    'this process has too many open files (EMFILE). Raise the limit (ulimit -n), or convert fewer TIFFs at once',
  ],
  [
    /\bEAGAIN\b|resource temporarily unavailable/i,
    "the system allows no more processes or threads (EAGAIN). Raise the limit (ulimit -u, or the container's), or convert fewer TIFFs at once",
  ],
  [
    /\bENOMEM\b/,
    'the system has no memory for another process (ENOMEM). Close other programs, or convert fewer TIFFs at once',
  ],
  [
    /\bEIO\b|input\/output error/i,
    'a disk or network share could not be read or written (EIO). Check it',
  ],
];

/**
 * Why the system cannot continue, and the remedy, if a message or error code shows it: then nothing
 * is wrong with the TIFF.
 */
export function whatRanOut(words: string): string | undefined {
  return REASONS.find(([said]) => said.test(words))?.[1];
}

/**
 * A message about a conversion process that ended, with what to do about it: nothing more if it
 * says already what ran out.
 */
export function withRemedy(message: string, during: string): string {
  const remedy = whatRanOut(message)
    ? ''
    : ' Try again; if it happens again, report it with the TIFF.';
  return `${message} ${during}${remedy}`;
}
