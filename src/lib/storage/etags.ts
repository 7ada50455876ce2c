/** The tag within an ETag: without its quotes, and without the mark of a weak one. */
export function tagOf(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/s, '$1');
}

/**
 * Whether two ETags name the same version. A proxy that compresses makes the ETag of what it passes on a weak one
 * (`W/"…"`), and some servers write them without quotes: the tag is the same.
 */
export function isSameEtag(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== '' && tagOf(a) === tagOf(b);
}

/** Whether it says that bytes may differ where the tag does not (RFC 9110, section 8.8.1): no If-Match can hold for it. */
export function isWeakEtag(etag: string): boolean {
  return etag.startsWith('W/');
}

/** The MD5 that the ETag of an object of one part is, in hexadecimal; undefined for every other kind of ETag. */
export function md5OfEtag(etag: string): string | undefined {
  return isWeakEtag(etag) ? undefined : /^"?([0-9a-f]{32})"?$/i.exec(etag)?.[1]?.toLowerCase();
}

/**
 * The ways to write an ETag in If-Match, the right one first. Ceph compares what is written, and has no quotes
 * around its own.
 */
export function spellingsOf(etag: string): readonly [string, string] {
  const tag = tagOf(etag);
  return [`"${tag}"`, tag];
}
