import type { SuccessPayload } from '../callback/payload.ts';
import { fileNameOf, outputKeys } from '../keys.ts';
import { encodedId, HASHED } from '../outputs/bucket/provenance.ts';
import type { Storage } from '../storage/client.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../storage/objects.ts';

/** A task, as named in JPEGs. */
export interface TaskName {
  readonly task_id: string;
  readonly batch_id: string;
}

/**
 * The task that made a JPEG, from its metadata; undefined if they do not say, or contain hashes.
 */
export function taskOfJpeg({ metadata }: ObjectInfo): TaskName | undefined {
  const [taskId, batchId] = ['arke-task-id', 'arke-batch-id'].map((name) =>
    decoded(metadata[name]),
  );
  return taskId && batchId ? { task_id: taskId, batch_id: batchId } : undefined;
}

/**
 * The TIFF that a JPEG was made from, from its metadata; undefined if they do not say, or contain a
 * hash.
 */
export function sourceOfJpeg({ metadata }: ObjectInfo): string | undefined {
  return decoded(metadata['arke-source-key']);
}

function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined || value.startsWith(HASHED) ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** The success callback for a JPEG in R2; the times are no longer known. */
export function successFor({ key, size }: ObjectInfo, task: TaskName): SuccessPayload {
  return {
    task_id: task.task_id,
    batch_id: task.batch_id,
    status: 'success',
    output_r2_key: key,
    output_file_name: fileNameOf(key),
    output_file_size: size,
  };
}

/** Whether a task made a JPEG; earlier versions stored long ids without hashing. */
function isOfTask(object: ObjectInfo, task: TaskName): boolean {
  const { metadata } = object;
  const maker = taskOfJpeg(object);
  if (maker) return maker.task_id === task.task_id && maker.batch_id === task.batch_id;
  return (
    metadata['arke-task-id'] === encodedId(task.task_id) &&
    metadata['arke-batch-id'] === encodedId(task.batch_id)
  );
}

/** The JPEG that a task made from a TIFF, if it is in R2. Throws `StorageError`. */
export async function jpegOfTask(
  storage: Storage,
  inputKey: string,
  task: TaskName,
  options: RequestOptions,
): Promise<ObjectInfo | undefined> {
  for (const key of outputKeys(inputKey)) {
    const object = await headObject(storage, key, options);
    if (object && object.size > 0 && isOfTask(object, task)) return object;
  }
  return undefined;
}
