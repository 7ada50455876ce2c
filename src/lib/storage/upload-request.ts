import type { RequestOptions } from './objects.ts';

/** The condition on the object under the key for an upload to replace it. */
export type PutCondition =
  /** There is none. */
  | { readonly kind: 'absent' }
  /** It is still the version that was examined. */
  | { readonly kind: 'unchanged'; readonly etag: string };

/** What is uploaded, and its headers. */
export interface UploadRequest {
  readonly path: string;
  readonly key: string;
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly condition: PutCondition;
}

/** The uploaded object. */
export interface Uploaded {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/** How an upload is sent. */
export interface UploadOptions extends RequestOptions {
  /** A larger file is uploaded in parts; default `MULTIPART_ABOVE`. */
  readonly multipartAbove?: number;
  /** Bytes of a part, at least R2's 5 MiB; default `PART_BYTES`. */
  readonly partBytes?: number;
}
