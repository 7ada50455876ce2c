import type { Effort } from '../../convert/encoder-settings.ts';
import { StorageError } from '../../errors.ts';
import { refuseInvalidKey } from '../../keys.ts';
import type { Storage } from '../../storage/client.ts';
import type { IsFree } from '../../storage/list-objects.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../../storage/objects.ts';
import { type PutCondition, type Uploaded, uploadFile } from '../../storage/upload.ts';
import { ownershipOf, type Provenance, toMetadata } from './provenance.ts';

/** Where a task's JPEG goes, or that it exists already. */
export type OutputSlot =
  | { readonly kind: 'done'; readonly object: ObjectInfo; readonly taken: readonly string[] }
  | {
      readonly kind: 'open';
      readonly key: string;
      readonly condition: PutCondition;
      /** Preferred keys that hold other objects. */
      readonly taken: readonly string[];
      /** Our own JPEG under the key, which will be replaced. */
      readonly outdated?: ObjectInfo;
      /** Whether only a list, which may be out of date, shows that the key is free. */
      readonly isUnseen?: boolean;
    };

/** What finding and filling an output slot takes. */
export interface OutputRequest {
  readonly storage: Storage;
  readonly provenance: Provenance;
  /** The possible keys, best first. */
  readonly keys: readonly [string, ...string[]];
  readonly options: RequestOptions;
  /** Whether a free key is reserved for another TIFF of the same run. */
  readonly isPromised?: ((key: string) => boolean) | undefined;
  /** Whether an object of others counts as the JPEG, and no other key is looked for. */
  readonly existingCounts?: boolean | undefined;
}

/** What is known about keys without asking for their objects. */
export interface KnownKeys {
  /** The object under the first key, if it was looked up already. */
  readonly first?: Promise<ObjectInfo | undefined> | undefined;
  /** The upload's condition holds even if a list is out of date by then. */
  readonly isFree?: IsFree | undefined;
}

/**
 * Finds the key for the JPEG: the first that is free or ours. A reserved key is used only if no
 * other is left. Throws `StorageError` (`OBJECT_EXISTS`) if every possible key holds an object that
 * this worker did not make from this source.
 */
export async function findOutput(
  { storage, provenance, keys, options, isPromised, existingCounts }: OutputRequest,
  { first, isFree }: KnownKeys = {},
): Promise<OutputSlot> {
  const taken: string[] = [];
  let promised: string | undefined;
  refuseInvalidKey(provenance.sourceKey);
  for (const key of keys) {
    refuseInvalidKey(key, { what: "The JPEG's key", remedy: 'Give the TIFF a shorter key.' });
    const asked = key === keys[0] ? first : undefined;
    const isUnseen = isFree?.(key) === true;
    const object = isUnseen ? undefined : await (asked ?? headObject(storage, key, options));
    if (!object && isPromised?.(key)) {
      promised ??= key;
      continue;
    }
    if (!object) return { kind: 'open', key, condition: { kind: 'absent' }, taken, isUnseen };
    const ownership = ownershipOf(object, provenance);
    if (ownership === 'current') return { kind: 'done', object, taken };
    if (ownership === 'outdated') {
      const condition = { kind: 'unchanged', etag: object.etag } as const;
      return { kind: 'open', key, condition, taken, outdated: object };
    }
    taken.push(key);
    if (existingCounts) return { kind: 'open', key, condition: { kind: 'absent' }, taken };
  }
  if (promised !== undefined)
    return { kind: 'open', key: promised, condition: { kind: 'absent' }, taken };
  throw new StorageError(
    'OBJECT_EXISTS',
    `${taken.map((key) => `"${key}"`).join(' and ')} in the bucket "${storage.bucket}" ` +
      `${taken.length > 1 ? 'were' : 'was'} not made from "${provenance.sourceKey}" and will not be overwritten. ` +
      'Move or delete what is there.',
  );
}

/** The object under the key of a page's JPEG once it is there. */
export interface PutOutput extends Uploaded {
  /** Preferred keys that hold other objects. */
  readonly taken: readonly string[];
}

/** How often another slot is looked for because another process was faster. */
const MAX_RACES = 3;

/**
 * Puts the JPEG into the slot, with its provenance and effort. If another process was faster, asks
 * for the objects again, whatever a list showed: finds the same JPEG made by another run of this
 * task, or uses the next key. Throws `StorageError`, `FileError`.
 */
export async function putOutput(
  request: OutputRequest,
  slot: OutputSlot,
  path: string,
  effort: Effort,
): Promise<PutOutput> {
  const { storage, provenance, options } = request;
  for (let race = 0; ; race++) {
    const { taken } = slot;
    if (slot.kind === 'done') return { ...slot.object, taken };
    const { key, condition } = slot;
    const upload = {
      path,
      key,
      condition,
      contentType: 'image/jpeg',
      metadata: { ...toMetadata(provenance), 'arke-effort': effort },
    };
    try {
      return { ...(await uploadFile(storage, upload, options)), taken };
    } catch (error) {
      const lost = error instanceof StorageError && error.code === 'PRECONDITION_FAILED';
      if (!lost || race >= MAX_RACES) throw error;
      // What others have made meanwhile is no reason to drop what was made.
      slot = await findOutput({ ...request, existingCounts: false });
    }
  }
}
