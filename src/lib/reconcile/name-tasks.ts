import { batchIdOfKey, taskIdOfKey } from '../callback/task-id.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { type TaskName, taskOfJpeg } from '../task/jpeg-of-task.ts';
import { encodedId, NO_TASK } from '../task/provenance.ts';
import type { FoundTiff } from './find-jpegs.ts';

/** A task that a TIFF may be known by. */
export interface ClaimedTask {
  readonly task: TaskName;
  /** The keys of other TIFFs that have the same task, or whose JPEGs name it. */
  readonly rivals: readonly string[];
  /** Whether it may have been reported with another picture: it has rivals, or `--task-id` has named it. */
  readonly isShared: boolean;
}

/** A TIFF and the task that its success is reported for. */
export interface NamedTiff extends FoundTiff {
  readonly task: TaskName;
  /** That task, and the one that has made the JPEG where it is another. */
  readonly names: readonly ClaimedTask[];
  /** Why it is not certain that the orchestrator calls the TIFF so; a clause about the TIFF. */
  readonly conflict: string | undefined;
}

/** Which tasks TIFFs are reported for, where that is not computed from their keys. */
export interface NamingOptions {
  readonly batchId?: string | undefined;
  /** Of the one TIFF that is selected. */
  readonly taskId?: string | undefined;
}

/** Whether a task has made a JPEG, and not `batch`. */
export function isMadeByTask({ metadata }: ObjectInfo): boolean {
  const id = metadata['arke-task-id'];
  return id !== undefined && id !== encodedId(NO_TASK);
}

/** The batch of a TIFF; undefined where neither `--batch-id` nor its key tells it. */
export function batchOf(key: string, { batchId }: NamingOptions): string | undefined {
  return batchId ?? batchIdOfKey(key);
}

/**
 * Names the task of each selected TIFF by the orchestrator's rule. The rule gives some keys the same id, and a JPEG may have been
 * made by another task: what all TIFFs of the batches, selected or not, are called decides whether a name can be relied on.
 */
export function nameTasks(
  all: readonly FoundTiff[],
  selected: ReadonlySet<string>,
  options: NamingOptions,
): NamedTiff[] {
  const claims = claimsOn(all, options);
  return all.flatMap((tiff) => {
    const batchId = batchOf(tiff.key, options);
    if (batchId === undefined || !selected.has(tiff.key)) return [];
    const task = { task_id: options.taskId ?? taskIdOfKey(tiff.key), batch_id: batchId };
    const rivalsOf = (of: TaskName) =>
      [...(claims.get(nameOf(of)) ?? [])].filter((key) => key !== tiff.key);
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

/** By the name of each task the TIFFs that it may be of: by their keys, and by what their JPEGs say. */
function claimsOn(all: readonly FoundTiff[], options: NamingOptions): Map<string, Set<string>> {
  const claims = new Map<string, Set<string>>();
  const claim = (name: string, key: string) =>
    claims.set(name, (claims.get(name) ?? new Set()).add(key));
  for (const { key, jpeg } of all) {
    const batchId = batchOf(key, options);
    if (batchId !== undefined) claim(nameOf({ task_id: taskIdOfKey(key), batch_id: batchId }), key);
    if (jpeg && isMadeByTask(jpeg)) claim(nameIn(jpeg), key);
  }
  return claims;
}

function conflictOf(
  { jpeg }: FoundTiff,
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

/** A task as JPEGs name it, which may be by hashes. */
function nameOf({ task_id: taskId, batch_id: batchId }: TaskName): string {
  return `${encodedId(batchId)} ${encodedId(taskId)}`;
}

function nameIn({ metadata }: ObjectInfo): string {
  return `${metadata['arke-batch-id'] ?? ''} ${metadata['arke-task-id'] ?? ''}`;
}
