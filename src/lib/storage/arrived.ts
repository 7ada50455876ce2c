import type { StorageError } from '../errors.ts';
import type { Storage } from './client.ts';
import { arrivedDamaged } from './errors.ts';
import { md5OfEtag } from './etags.ts';
import type { ObjectInfo, RequestOptions } from './objects.ts';

/** What came of an object, and what had come before. */
interface Came {
  /** Of all its bytes, in hexadecimal. */
  readonly md5: string;
  /** The MD5s of the attempts before this one. */
  readonly earlier: readonly string[];
}

/** The MD5 that the bytes of an object must have, in hexadecimal; undefined where its ETag tells none. */
export function md5ToBe({ etag, encrypted }: ObjectInfo): string | undefined {
  return encrypted ? undefined : md5OfEtag(etag);
}

/**
 * The error for bytes that are not what their ETag says; undefined where they can be believed. Where two downloads agree
 * with each other and not with the ETag, it is no MD5, as those of other servers may not be: that is told, and no ETag of
 * this bucket is minded from then on. But once one has been the MD5 of what came, they all are: R2's are.
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
