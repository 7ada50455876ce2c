import type { Control } from './control.ts';
import { OBJECT_HEADER } from './orchestrator-worker.ts';

/** An object of the sandbox's R2, with all its bytes. */
export interface StoredObject {
  bytes: Uint8Array;
  /** In bytes. */
  size: number;
  /** Without quotes. */
  etag: string;
  contentType?: string;
  metadata: Record<string, string>;
}

/** What `putObject` stores besides the bytes. */
export interface PutOptions {
  contentType?: string;
  metadata?: Record<string, string>;
}

/** Direct access to the bucket, past the S3 endpoint and its credentials. */
export interface BucketAccess {
  putObject(key: string, bytes: Uint8Array, options?: PutOptions): Promise<void>;
  /** `null` if there is no such object. */
  getObject(key: string): Promise<StoredObject | null>;
  /** All keys under the prefix, sorted. */
  listKeys(prefix?: string): Promise<string[]>;
  /** Does nothing if there is no such object. */
  deleteObject(key: string): Promise<void>;
}

/** The part of a Worker's R2 binding that is used here (its types are not installed). */
export interface R2Binding {
  get(key: string): Promise<null | {
    body: AsyncIterable<Uint8Array>;
    size: number;
    etag: string;
    httpMetadata?: { contentType?: string };
    customMetadata?: Record<string, string>;
  }>;
  list(options: { prefix?: string; cursor?: string }): Promise<{
    objects: { key: string }[];
    truncated: boolean;
    cursor?: string;
  }>;
  delete(key: string): Promise<void>;
}

async function listKeys(r2: R2Binding, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let page = await r2.list({ prefix });
  keys.push(...page.objects.map(({ key }) => key));
  while (page.truncated && page.cursor !== undefined) {
    page = await r2.list({ prefix, cursor: page.cursor });
    keys.push(...page.objects.map(({ key }) => key));
  }
  return keys;
}

async function getObject(r2: R2Binding, key: string): Promise<StoredObject | null> {
  const object = await r2.get(key);
  if (object === null) return null;
  const contentType = object.httpMetadata?.contentType;
  const bytes = new Uint8Array(object.size);
  let filled = 0;
  // As a stream: asking the binding for the whole buffer takes five times as long.
  for await (const chunk of object.body) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return {
    bytes,
    size: object.size,
    etag: object.etag,
    ...(contentType === undefined ? {} : { contentType }),
    metadata: { ...object.customMetadata },
  };
}

/**
 * Access to the bucket through its binding, and through the Worker's control route to put.
 * Everything throws once the sandbox is stopped.
 */
export function bucketAccess(r2: R2Binding, control: Control): BucketAccess {
  return {
    async putObject(key, bytes, { contentType, metadata } = {}) {
      const httpMetadata = contentType === undefined ? {} : { contentType };
      const object = { key, options: { httpMetadata, customMetadata: metadata ?? {} } };
      await control('/object', bytes, {
        [OBJECT_HEADER]: encodeURIComponent(JSON.stringify(object)),
      });
    },
    getObject: (key) => getObject(r2, key),
    listKeys: (prefix = '') => listKeys(r2, prefix),
    deleteObject: (key) => r2.delete(key),
  };
}
