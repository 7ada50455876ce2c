import type { RequestOptions } from './objects.ts';

/** What must be true of the object under the key for an upload to replace it. */
export type PutCondition =
  /** Nothing is there. */
  | { readonly kind: 'absent' }
  /** It is still the version that was looked at. */
  | { readonly kind: 'unchanged'; readonly etag: string };

/** What is uploaded, and what goes with it. */
export interface UploadRequest {
  readonly path: string;
  readonly key: string;
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly condition: PutCondition;
}

/** What arrived in R2. */
export interface Uploaded {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly etag: string;
}

/** How an upload is sent. */
export interface UploadOptions extends RequestOptions {
  /** A file of more bytes goes up in parts; `MULTIPART_ABOVE` unless told. */
  readonly multipartAbove?: number;
  /** Bytes of a part, at least R2's 5 MiB; `PART_BYTES` unless told. */
  readonly partBytes?: number;
}
