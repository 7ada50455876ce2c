import { batchIdOfKey, taskIdOfKey } from '../../lib/callback/task-id.ts';
import { SettingsError, StorageError } from '../../lib/errors.ts';
import { outputKeys } from '../../lib/keys.ts';
import { NO_TASK } from '../../lib/outputs/bucket/provenance.ts';
import type { Storage } from '../../lib/storage/client.ts';
import { listObjects } from '../../lib/storage/list-objects.ts';
import { headObject, type ObjectInfo, type RequestOptions } from '../../lib/storage/objects.ts';
import {
  sourceOfJpeg,
  successFor,
  type TaskName,
  taskOfJpeg,
} from '../../lib/task/jpeg-of-task.ts';
import { NotSentError } from './known.ts';
import { sendOne } from './send-one.ts';
import type { CallbackResult, CallbackSession } from './session.ts';

/** Reports the success of a JPEG in R2. Throws the reason if it may not be sent. */
export async function replayJpeg(key: string, session: CallbackSession): Promise<CallbackResult> {
  if (key === '') throw new SettingsError(['r2:// needs a key: r2://KEY']);
  const storage = await session.storage();
  const options = { signal: session.signal };
  const jpeg = await findJpeg(storage, key, options);
  const inputKey = sourceOfJpeg(jpeg) ?? (await tiffBeside(storage, key, options));
  const task = madeBy(jpeg, session) ?? (await askedFor(key, inputKey, session));
  return sendOne(JSON.stringify(successFor(jpeg, task)), session, { inputKey });
}

async function findJpeg(
  storage: Storage,
  key: string,
  options: RequestOptions,
): Promise<ObjectInfo> {
  const jpeg = await headObject(storage, key, options);
  if (!jpeg)
    throw new StorageError(
      'OBJECT_NOT_FOUND',
      `There is no object "${key}" in the bucket "${storage.bucket}". Check the key of the JPEG.`,
    );
  if (jpeg.size === 0 || /\.tiff?$/i.test(key))
    throw new SettingsError([
      `"${key}" is ${jpeg.size === 0 ? 'empty' : 'a TIFF'}: r2:// needs the key of a JPEG`,
    ]);
  return jpeg;
}

/**
 * The task in the metadata of a JPEG; undefined if there is none. Throws `NotSentError` if the user
 * named another one.
 */
function madeBy(jpeg: ObjectInfo, { chosen, flags }: CallbackSession): TaskName | undefined {
  const made = taskOfJpeg(jpeg);
  if (!made || made.task_id === NO_TASK) return undefined;
  const { taskId = made.task_id, batchId = made.batch_id } = chosen;
  if (!flags.force && (taskId !== made.task_id || batchId !== made.batch_id))
    throw new NotSentError(
      `"${jpeg.key}" was made by task ${made.task_id} of batch ${made.batch_id}, not by ${taskId} of ${batchId}. ` +
        'Omit --task-id and --batch-id, or use --force.',
    );
  return { task_id: taskId, batch_id: batchId };
}

/**
 * The orchestrator's task for the TIFF of a JPEG, unless --task-id and --batch-id give it. Ignores
 * the task in the environment: its orchestrator would count a picture that it never asked for.
 */
async function askedFor(
  key: string,
  inputKey: string | undefined,
  session: CallbackSession,
): Promise<TaskName> {
  const { taskId, batchId = batchIdOfKey(inputKey ?? key) } = session.chosen;
  if (batchId === undefined)
    throw new SettingsError([
      `"${key}" names no batch in its metadata, and its key does not begin with staging/BATCH/: --batch-id is missing`,
    ]);
  if (taskId !== undefined) return { task_id: taskId, batch_id: batchId };
  if (inputKey === undefined)
    throw new SettingsError([
      `"${key}" names no TIFF in its metadata, and there is not exactly one TIFF with its name beside it: --task-id is missing`,
    ]);
  await refuseSharedId(inputKey, session);
  return { task_id: taskIdOfKey(inputKey), batch_id: batchId };
}

/**
 * Throws `NotSentError` if another TIFF of the batch has the same task id: nobody can tell which of
 * the two it would count for.
 */
async function refuseSharedId(inputKey: string, session: CallbackSession): Promise<void> {
  const batchId = batchIdOfKey(inputKey);
  const folder =
    batchId === undefined
      ? inputKey.slice(0, inputKey.lastIndexOf('/') + 1)
      : `staging/${batchId}/`;
  const id = taskIdOfKey(inputKey);
  const tiffs = await listTiffs(await session.storage(), folder, { signal: session.signal });
  const other = tiffs.find((key) => key !== inputKey && taskIdOfKey(key) === id);
  if (other !== undefined)
    throw new NotSentError(
      `"${inputKey}" and "${other}" get the same task id ${id} from the orchestrator. Set --task-id to the task to report.`,
    );
}

/** The only TIFF whose JPEG would get this key. */
async function tiffBeside(
  storage: Storage,
  key: string,
  options: RequestOptions,
): Promise<string | undefined> {
  const stem = key.replace(/(\.tiff?)?\.jpe?g$/i, '');
  const tiffs = await listTiffs(storage, `${stem}.`, options);
  const [tiff, ...others] = tiffs.filter((tiff) => outputKeys(tiff).includes(key));
  return others.length === 0 ? tiff : undefined;
}

async function listTiffs(
  storage: Storage,
  prefix: string,
  options: RequestOptions,
): Promise<string[]> {
  const listed = await listObjects(storage, prefix, options);
  return listed.map(({ key }) => key).filter((key) => /\.tiff?$/i.test(key));
}
