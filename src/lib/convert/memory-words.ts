/** What libvips, its codecs, the C++ library and V8 report when an allocation fails. */
const OUT_OF_MEMORY =
  /out of memory|insufficient memory|(cannot|can't|unable to|failed to) allocate|bad_alloc|ENOMEM/i;

/** libtiff, for lists whose lengths come from the file (tif_aux.c, `_TIFFCheckRealloc`). */
const LIST = /failed to allocate memory for .*\((\d+) elements of (\d+) bytes each\)/gi;

/**
 * libtiff, for a value that it does not try to hold (tif_dirread.c), and its report about the tag.
 */
const NOT_TRIED = /requested memory size for .* is greater than filesize|\bmemory not allocated\b/i;
const TAG_LEFT_OUT = /(requested memory size for .*|out of memory reading of) ?("[^"]*")?.*/gi;

/**
 * Longer than any sensible list in a directory, in bytes: those of strips and tiles are the
 * longest.
 */
const LONGEST_LIST = 2 ** 31;

/**
 * Whether a library's message means that it got no memory. libtiff also reports failed allocations
 * for damaged files: for a list without elements or with absurdly many, or a value larger than the
 * file.
 */
export function speaksOfMemory(words: string): boolean {
  const lines = words.split(/\n|; /);
  const left = lines.some((line) => NOT_TRIED.test(line))
    ? lines.map((line) => line.replace(TAG_LEFT_OUT, ''))
    : lines;
  return left.some((line) => OUT_OF_MEMORY.test(line.replace(LIST, allocated)));
}

/**
 * The message if the length of the list is plausible, so that only a lack of memory explains it.
 */
function allocated(words: string, elements: string, bytes: string): string {
  const size = Number(elements) * Number(bytes);
  return size > 0 && size < LONGEST_LIST ? words : '';
}
