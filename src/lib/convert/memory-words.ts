/** What libvips, its codecs, the C++ library and V8 say when an allocation fails. */
const OUT_OF_MEMORY =
  /out of memory|insufficient memory|(cannot|can't|unable to|failed to) allocate|bad_alloc|ENOMEM/i;

/** libtiff, for lists whose lengths the file claims (tif_aux.c, `_TIFFCheckRealloc`). */
const LIST = /failed to allocate memory for .*\((\d+) elements of (\d+) bytes each\)/gi;

/** libtiff, of a value that it does not even try to hold (tif_dirread.c), and what it says of the tag then. */
const NOT_TRIED = /requested memory size for .* is greater than filesize|\bmemory not allocated\b/i;
const TAG_LEFT_OUT = /(requested memory size for .*|out of memory reading of) ?("[^"]*")?.*/gi;

/** No list in a directory that makes sense is as long, in bytes: those of strips and tiles are the longest. */
const LONGEST_LIST = 2 ** 31;

/**
 * Whether a library's words mean that it got no memory. A damaged file makes libtiff say that memory could not be
 * allocated, too: for a list of no elements or of absurdly many, for a value that is larger than the file.
 */
export function speaksOfMemory(words: string): boolean {
  const lines = words.split(/\n|; /);
  const left = lines.some((line) => NOT_TRIED.test(line))
    ? lines.map((line) => line.replace(TAG_LEFT_OUT, ''))
    : lines;
  return left.some((line) => OUT_OF_MEMORY.test(line.replace(LIST, allocated)));
}

/** The words again where the list was of a length that only a lack of memory keeps from being allocated. */
function allocated(words: string, elements: string, bytes: string): string {
  const size = Number(elements) * Number(bytes);
  return size > 0 && size < LONGEST_LIST ? words : '';
}
