/**
 * The longest chain that is followed. This many pages are read in under a second, and a damaged
 * chain ends.
 */
export const MAX_PAGES = 10_000;

/**
 * The most directories read in one file, including SubIFDs: each is held in memory, and they may
 * overlap.
 */
export const MAX_DIRECTORIES = 2 * MAX_PAGES;
