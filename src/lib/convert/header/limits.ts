/**
 * The longest chain that is followed: a stack of this many pages is read in under a second, and a
 * damaged chain does not go on for ever.
 */
export const MAX_PAGES = 10_000;

/** Directories that are looked at in one file, those below others, too: each is held, and they may overlap. */
export const MAX_DIRECTORIES = 2 * MAX_PAGES;
