/** What libvips, its codecs, the C++ library and V8 say when an allocation fails. */
const OUT_OF_MEMORY =
  /out of memory|insufficient memory|(cannot|can't|unable to|failed to) allocate|bad_alloc|ENOMEM/i;

/** Whether a library's words mean that it got no memory. */
export function speaksOfMemory(words: string): boolean {
  return OUT_OF_MEMORY.test(words);
}
