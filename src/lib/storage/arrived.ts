import type { StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import { arrivedDamaged } from './errors.ts';
import { md5OfEtag } from './etags.ts';
import type { ObjectInfo, RequestOptions } from './objects.ts';

/** What was downloaded of an object, now and in earlier attempts. */
interface Came {
  /** Of all its bytes, in hexadecimal. */
  readonly md5: string;
  /** The MD5s of the attempts before this one. */
  readonly earlier: readonly string[];
}

/** The expected MD5 of an object's bytes, in hexadecimal; undefined if its ETag is not one. */
export function md5ToBe({ etag, encrypted }: ObjectInfo): string | undefined {
  return encrypted ? undefined : md5OfEtag(etag);
}

/**
 * The error for bytes that do not match their ETag; undefined if they can be trusted. If two
 * downloads agree but differ from the ETag, it is not an MD5, as with some servers: a warning says
 * so, and ETags of this bucket are ignored from then on. But once one has matched, as R2's do, all
 * must.
 */
export function mismatch(
  { etags }: Storage,
  info: ObjectInfo,
  { md5, earlier }: Came,
  { onWarning }: RequestOptions,
): StorageError | undefined {
  const wanted = md5ToBe(info);
  if (wanted === undefined) return undefined;
  if (md5 === wanted) etags.areMd5 = true;
  else if (etags.areMd5 === undefined && earlier.includes(md5)) {
    etags.areMd5 = false;
    onWarning?.('ETAG_NOT_MD5', notMd5(info, md5));
  }
  return md5 === wanted || etags.areMd5 === false ? undefined : arrivedDamaged(info, md5);
}

function notMd5({ key, etag }: ObjectInfo, md5: string): string {
  return (
    `The ETag of "${key}" is ${etag} and the MD5 of its bytes ${md5}, twice: the server's ETags are no MD5s, ` +
    'and nothing shows whether what comes was changed on its way'
  );
}
