import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../../errors.ts';

/** All temporary files that a request may need, by content. */
const NAMES = {
  /** The page as a TIFF that sharp can read: a copy, or rewritten by another decoder. */
  plain: 'scratch-plain.tif',
  /** Its finished pixels, before they are turned or reduced. */
  saved: 'scratch-saved.tif',
  /** The same without the extra samples that would weight a reduction. */
  unweighted: 'scratch-unweighted.tif',
  /** Pixels with the profile used to show them. */
  profiled: 'scratch-profiled.tif',
  /** A single pixel with a profile under test, and the profile of a grey JPEG. */
  pixel: 'scratch-pixel.tif',
  grey: 'scratch-grey.icc',
  /** Compared pixels: of the page and of a JPEG; and the JPEG that sets the expectation. */
  page: 'scratch-page.tif',
  decoded: 'scratch-decoded.tif',
  expected: 'scratch-expected.jpg',
} as const;

/** Absolute paths of a request's temporary files. */
export type ScratchFiles = Readonly<Record<keyof typeof NAMES, string>>;

/** The paths of a request's temporary files in a folder. */
export function scratchIn(folder: string): ScratchFiles {
  const paths = Object.entries(NAMES).map(([what, name]) => [what, join(folder, name)]);
  return Object.fromEntries(paths) as ScratchFiles;
}

/** Removes those that exist: the next step may need the room. Throws file system errors. */
export async function removeScratch(scratch: ScratchFiles): Promise<void> {
  const there = await namesIn(dirname(scratch.plain));
  // Mostly none: to list the folder takes less than to try each of them.
  const left = Object.values(scratch).filter((path) => there.includes(basename(path)));
  await Promise.all(left.map((path) => rm(path, { force: true })));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
