import type { SuccessPayload } from '../callback/payload.ts';
import { fileNameOf, outputKeys } from '../keys.ts';
import type { Storage } from '../storage/client.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../storage/objects.ts';
import { encodedId, HASHED } from './provenance.ts';

/** A task, as JPEGs name theirs. */
export interface TaskName {
  readonly task_id: string;
  readonly batch_id: string;
}

/** The task that made a JPEG, by its metadata; undefined where they do not say, or have hashes of its ids. */
export function taskOfJpeg({ metadata }: ObjectInfo): TaskName | undefined {
  const [taskId, batchId] = ['arke-task-id', 'arke-batch-id'].map((name) =>
    decoded(metadata[name]),
  );
  return taskId && batchId ? { task_id: taskId, batch_id: batchId } : undefined;
}

/** The TIFF that a JPEG was made of, by its metadata; undefined where they do not say, or have a hash of its key. */
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

/** The body of the success callback for a JPEG that is in R2; nobody knows any more how long it took. */
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

/** Whether a task has made a JPEG; long ids stood there as they are, too, before they were hashed. */
function isOfTask(object: ObjectInfo, task: TaskName): boolean {
  const { metadata } = object;
  const maker = taskOfJpeg(object);
  if (maker) return maker.task_id === task.task_id && maker.batch_id === task.batch_id;
  return (
    metadata['arke-task-id'] === encodedId(task.task_id) &&
    metadata['arke-batch-id'] === encodedId(task.batch_id)
  );
}

/** The JPEG that a task has made of a TIFF, if it is in R2. Throws `StorageError`. */
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
