/** What the system says when it has no more of something, or a disk fails, and what that means and helps, in words. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /\bENFILE\b|too many open files in system/i,
    'the system has as many files open as it can have (ENFILE). Close other programs, or raise that limit (fs.file-max)',
  ],
  [
    /\bEMFILE\b|too many open files/i,
    'this process has as many files open as it may have (EMFILE). Raise that limit (ulimit -n), or convert fewer TIFFs at once',
  ],
  [
    /\bEAGAIN\b|resource temporarily unavailable/i,
    'the system allows no further process or thread (EAGAIN). Raise the limit of processes (ulimit -u, or that of the container), or convert fewer TIFFs at once',
  ],
  [
    /\bENOMEM\b/,
    'the system has no memory for a further process (ENOMEM). Close other programs, or convert fewer TIFFs at once',
  ],
  [
    /\bEIO\b|input\/output error/i,
    'a disk or network share could not be read or written (EIO). Check it',
  ],
];

/** Why the system does not go on, and what helps, where words or an error code tell that: nothing is wrong with a TIFF then. */
export function whatRanOut(words: string): string | undefined {
  return REASONS.find(([said]) => said.test(words))?.[1];
}
