import { batchIdOfKey, taskIdOfKey } from '../callback/task-id.ts';
import { encodedId, NO_TASK } from '../outputs/bucket/provenance.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { type TaskName, taskOfJpeg } from '../task/jpeg-of-task.ts';
import type { TiffWithJpeg } from './find-jpegs.ts';

/** A task that may belong to a TIFF. */
export interface ClaimedTask {
  readonly task: TaskName;
  /** The keys of other TIFFs with the same task, or whose JPEGs name it. */
  readonly rivals: readonly string[];
  /**
   * Whether another picture may have been reported for it: it has rivals, or `--task-id` named it.
   */
  readonly isShared: boolean;
}

/** A TIFF and the task that its success is reported for. */
export interface NamedTiff extends TiffWithJpeg {
  readonly task: TaskName;
  /** That task, and the one that made the JPEG if it differs. */
  readonly names: readonly ClaimedTask[];
  /** Why the orchestrator's task for the TIFF is uncertain; a clause about the TIFF. */
  readonly conflict: string | undefined;
}

/** The task and batch to report for, if they are not computed from the keys. */
export interface NamingOptions {
  readonly batchId?: string | undefined;
  /** Only for a single selected TIFF. */
  readonly taskId?: string | undefined;
}

/** Whether a task, not `batch`, made a JPEG. */
export function isMadeByTask({ metadata }: ObjectInfo): boolean {
  const id = metadata['arke-task-id'];
  return id !== undefined && id !== encodedId(NO_TASK);
}

/** The batch of a TIFF; undefined if neither `--batch-id` nor its key gives it. */
export function batchOf(key: string, { batchId }: NamingOptions): string | undefined {
  return batchId ?? batchIdOfKey(key);
}

/**
 * Names the task of each selected TIFF by the orchestrator's rule. The rule gives some keys the
 * same id, and another task may have made a JPEG: so the names of all TIFFs in the batches,
 * selected or not, decide whether a name is reliable.
 */
export function nameTasks(
  all: readonly TiffWithJpeg[],
  selected: ReadonlySet<string>,
  options: NamingOptions,
): NamedTiff[] {
  const keys = keysByTask(all, options);
  return all.flatMap((tiff) => {
    const batchId = batchOf(tiff.key, options);
    if (batchId === undefined || !selected.has(tiff.key)) return [];
    const task = { task_id: options.taskId ?? taskIdOfKey(tiff.key), batch_id: batchId };
    const rivalsOf = (of: TaskName) =>
      [...(keys.get(nameOf(of)) ?? [])].filter((key) => key !== tiff.key);
    const maker = tiff.jpeg && isMadeByTask(tiff.jpeg) ? taskOfJpeg(tiff.jpeg) : undefined;
    const others = maker && nameOf(maker) !== nameOf(task) ? [maker] : [];
    const names = [task, ...others].map((of) => {
      const rivals = rivalsOf(of);
      const isNamed = options.taskId !== undefined && of === task;
      return { task: of, rivals, isShared: isNamed || rivals.length > 0 };
    });
    const conflict =
      options.taskId === undefined ? conflictOf(tiff, task, rivalsOf(task)) : undefined;
    return [{ ...tiff, task, names, conflict }];
  });
}

/**
 * For each task name, the TIFFs that it may mean, by their keys and by the metadata of their JPEGs.
 */
function keysByTask(
  all: readonly TiffWithJpeg[],
  options: NamingOptions,
): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  const add = (name: string, key: string) => keys.set(name, (keys.get(name) ?? new Set()).add(key));
  for (const { key, jpeg } of all) {
    const batchId = batchOf(key, options);
    if (batchId !== undefined) add(nameOf({ task_id: taskIdOfKey(key), batch_id: batchId }), key);
    if (jpeg && isMadeByTask(jpeg)) add(nameIn(jpeg), key);
  }
  return keys;
}

function conflictOf(
  { jpeg }: TiffWithJpeg,
  task: TaskName,
  rivals: readonly string[],
): string | undefined {
  if (jpeg && isMadeByTask(jpeg) && nameIn(jpeg) !== nameOf(task)) {
    const { 'arke-task-id': id = '', 'arke-batch-id': batch = '' } = jpeg.metadata;
    return `its JPEG was made by the task ${id} of the batch ${batch}, and its key makes it ${task.task_id} of ${task.batch_id}`;
  }
  if (rivals.length === 0) return undefined;
  const more = rivals.length > 3 ? ` and ${rivals.length - 3} more` : '';
  const named = rivals.slice(0, 3).map((key) => `"${key}"`);
  return `its task ${task.task_id} is that of ${named.join(', ')}${more}, too`;
}

/** A task as metadata name it, possibly by hashes. */
function nameOf({ task_id: taskId, batch_id: batchId }: TaskName): string {
  return `${encodedId(batchId)} ${encodedId(taskId)}`;
}

function nameIn({ metadata }: ObjectInfo): string {
  return `${metadata['arke-batch-id'] ?? ''} ${metadata['arke-task-id'] ?? ''}`;
}
