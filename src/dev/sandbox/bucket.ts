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

/** Direct access to the bucket, without the S3 endpoint and its credentials. */
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

/** The header that tells the Worker the object's key and options. */
const objectHeader = (object: { key: string; options?: object }) => ({
  [OBJECT_HEADER]: encodeURIComponent(JSON.stringify(object)),
});

async function getObject(control: Control, key: string): Promise<StoredObject | null> {
  const { headers, bytes } = await control('/object', undefined, objectHeader({ key }));
  const told = headers.get(OBJECT_HEADER);
  if (told === null) return null;
  return { metadata: {}, ...JSON.parse(decodeURIComponent(told)), size: bytes.length, bytes };
}

/**
 * Access to the bucket through its binding, and through the Worker's control route for bytes. Every
 * function throws once the sandbox is stopped.
 */
export function bucketAccess(r2: R2Binding, control: Control): BucketAccess {
  return {
    async putObject(key, bytes, { contentType, metadata } = {}) {
      const httpMetadata = contentType === undefined ? {} : { contentType };
      const options = { httpMetadata, customMetadata: metadata ?? {} };
      await control('/object', bytes, objectHeader({ key, options }));
    },
    getObject: (key) => getObject(control, key),
    listKeys: (prefix = '') => listKeys(r2, prefix),
    deleteObject: (key) => r2.delete(key),
  };
}
