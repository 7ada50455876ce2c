import type { SuccessPayload } from '../callback/payload.ts';
import type { Storage } from '../storage/client.ts';
import { fileNameOf, outputKeys } from '../storage/keys.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../storage/objects.ts';

/** A task, as JPEGs name theirs. */
export interface TaskName {
  readonly task_id: string;
  readonly batch_id: string;
}

/** The task that made a JPEG, by its metadata; undefined where they do not say. */
export function taskOfJpeg({ metadata }: ObjectInfo): TaskName | undefined {
  const [taskId, batchId] = ['arke-task-id', 'arke-batch-id'].map((name) =>
    decoded(metadata[name]),
  );
  return taskId && batchId ? { task_id: taskId, batch_id: batchId } : undefined;
}

function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
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

/** The JPEG that a task has made of a TIFF, if it is in R2. Throws `StorageError`. */
export async function jpegOfTask(
  storage: Storage,
  inputKey: string,
  task: TaskName,
  options: RequestOptions,
): Promise<ObjectInfo | undefined> {
  for (const key of outputKeys(inputKey)) {
    const object = await headObject(storage, key, options);
    const maker = object && object.size > 0 ? taskOfJpeg(object) : undefined;
    if (maker?.task_id === task.task_id && maker.batch_id === task.batch_id) return object;
  }
  return undefined;
}
