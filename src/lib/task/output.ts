import type { Effort } from '../convert/encoder-settings.ts';
import { StorageError } from '../errors.ts';
import { refuseInvalidKey } from '../keys.ts';
import type { Storage } from '../storage/client.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../storage/objects.ts';
import { type PutCondition, type Uploaded, uploadFile } from '../storage/upload.ts';
import { ownershipOf, type Provenance, toMetadata } from './provenance.ts';

/** Where the JPEG of a task goes, or that it is there already. */
export type OutputSlot =
  | { readonly kind: 'done'; readonly object: ObjectInfo; readonly taken: readonly string[] }
  | {
      readonly kind: 'open';
      readonly key: string;
      readonly condition: PutCondition;
      /** Better keys that belong to somebody else. */
      readonly taken: readonly string[];
      /** Our own JPEG that lies there and is going to be replaced. */
      readonly outdated?: ObjectInfo;
    };

/** Everything that finding and filling an output slot needs. */
export interface OutputRequest {
  readonly storage: Storage;
  readonly provenance: Provenance;
  /** The keys that it may get, best first. */
  readonly keys: readonly [string, ...string[]];
  readonly options: RequestOptions;
  /** Whether a key, if it is free, is kept for another TIFF of the same run. */
  readonly isPromised?: ((key: string) => boolean) | undefined;
}

/**
 * Finds the key for the JPEG: the first that is free or ours. Throws `StorageError` (`OBJECT_EXISTS`)
 * when every possible key holds an object that this worker did not make from this source. `first` is what
 * lies under the first key, for whoever has asked already. A key that is promised is taken only when nothing else is left.
 */
export async function findOutput(
  { storage, provenance, keys, options, isPromised }: OutputRequest,
  first?: Promise<ObjectInfo | undefined>,
): Promise<OutputSlot> {
  const taken: string[] = [];
  let promised: string | undefined;
  refuseInvalidKey(provenance.sourceKey);
  for (const key of keys) {
    refuseInvalidKey(key, { what: "The JPEG's key", remedy: 'Give the TIFF a shorter key.' });
    const asked = key === keys[0] ? first : undefined;
    const object = await (asked ?? headObject(storage, key, options));
    if (!object && isPromised?.(key)) {
      promised ??= key;
      continue;
    }
    if (!object) return { kind: 'open', key, condition: { kind: 'absent' }, taken };
    const ownership = ownershipOf(object, provenance);
    if (ownership === 'current') return { kind: 'done', object, taken };
    if (ownership === 'outdated') {
      const condition = { kind: 'unchanged', etag: object.etag } as const;
      return { kind: 'open', key, condition, taken, outdated: object };
    }
    taken.push(key);
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

/** How often a slot is looked for again because somebody else was faster. */
const MAX_RACES = 3;

/**
 * Puts the JPEG into the slot, with its provenance and the effort it was made with; when somebody else was there first, looks again and either finds the
 * same JPEG made by another run of this task, or takes the next key. Throws `StorageError`, `FileError`.
 */
export async function putOutput(
  request: OutputRequest,
  slot: OutputSlot,
  path: string,
  effort: Effort,
): Promise<Uploaded & { readonly taken: readonly string[] }> {
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
      slot = await findOutput(request);
    }
  }
}
