/** An ETag without quotes and without the prefix of a weak one. */
export function tagOf(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/s, '$1');
}

/**
 * Whether two ETags name the same version. A compressing proxy makes ETags weak (`W/"…"`), and some
 * servers omit the quotes: the tag is the same.
 */
export function isSameEtag(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== '' && tagOf(a) === tagOf(b);
}

/** Whether an ETag is weak (RFC 9110, section 8.8.1), so that If-Match cannot use it. */
export function isWeakEtag(etag: string): boolean {
  return etag.startsWith('W/');
}

/**
 * The MD5 in the ETag of a single-part object, in hexadecimal; undefined for every other kind of
 * ETag.
 */
export function md5OfEtag(etag: string): string | undefined {
  return isWeakEtag(etag) ? undefined : /^"?([0-9a-f]{32})"?$/i.exec(etag)?.[1]?.toLowerCase();
}

/**
 * The forms of an ETag in If-Match, the right one first. Ceph compares them literally, and its own
 * have no quotes.
 */
export function spellingsOf(etag: string): readonly [string, string] {
  const tag = tagOf(etag);
  return [`"${tag}"`, tag];
}
