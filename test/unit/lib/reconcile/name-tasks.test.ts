import { describe, expect, it } from 'vitest';
import { taskIdOfKey } from '../../../../src/lib/callback/task-id.ts';
import { encodedId, NO_TASK } from '../../../../src/lib/outputs/bucket/provenance.ts';
import type { TiffWithJpeg } from '../../../../src/lib/reconcile/find-jpegs.ts';
import { type NamingOptions, nameTasks } from '../../../../src/lib/reconcile/name-tasks.ts';

/** A TIFF whose JPEG was made by a task of a batch; by `batch` where only that is said. */
function tiff(key: string, maker?: { taskId: string; batchId: string }): TiffWithJpeg {
  const etag = '"e"';
  const metadata = maker && {
    'arke-task-id': encodedId(maker.taskId),
    'arke-batch-id': encodedId(maker.batchId),
  };
  const jpeg = metadata && {
    key: `${key}.jpg`,
    size: 1,
    etag,
    contentType: 'image/jpeg',
    metadata,
  };
  return { key, size: 1, etag, jpeg };
}

const A = 'staging/b/a.tif';
const [PLATE_1A, PLATE_2B] = ['staging/b/plate1a.tif', 'staging/b/plate2B.tif'];
const conflictsOf = (all: TiffWithJpeg[], options: NamingOptions = {}, selected = all) =>
  nameTasks(all, new Set(selected.map(({ key }) => key)), options).map(({ conflict }) => conflict);

describe('the task that a TIFF is reported for', () => {
  it('is computed from its key', () => {
    const [named] = nameTasks([tiff(A)], new Set([A]), {});
    expect(named?.task).toEqual({ task_id: taskIdOfKey(A), batch_id: 'b' });
    expect(named?.conflict).toBeUndefined();
  });

  it('is unknown for a TIFF that is not selected, or without a batch', () => {
    expect(nameTasks([tiff(A)], new Set(), {})).toEqual([]);
    expect(nameTasks([tiff('a.tif')], new Set(['a.tif']), {})).toEqual([]);
  });

  it('is not certain if another key has its id, even if that is not selected', () => {
    const all = [tiff(PLATE_1A), tiff(PLATE_2B)];
    expect(conflictsOf(all, {}, all.slice(0, 1))).toEqual([
      'its task tiff_tiff_ow0gag is that of "staging/b/plate2B.tif", too',
    ]);
  });

  it('is not certain if its JPEG was made by another task, or for another batch', () => {
    for (const maker of [
      { taskId: 'x', batchId: 'b' },
      { taskId: taskIdOfKey(A), batchId: 'c' },
    ])
      expect(conflictsOf([tiff(A, maker)])).toEqual([
        `its JPEG was made by the task ${maker.taskId} of the batch ${maker.batchId}, and its key makes it ${taskIdOfKey(A)} of b`,
      ]);
  });

  it('is not certain if the JPEG of another TIFF names it', () => {
    const thief = tiff('staging/b/z.tif', { taskId: taskIdOfKey(A), batchId: 'b' });
    expect(conflictsOf([tiff(A), thief], {}, [tiff(A)])).toEqual([
      expect.stringContaining('"staging/b/z.tif"'),
    ]);
  });

  it.each([
    ['by its own task', { taskId: taskIdOfKey(A), batchId: 'b' }],
    ['by batch', { taskId: NO_TASK, batchId: NO_TASK }],
  ])('is certain where its JPEG was made %s', (_, maker) => {
    expect(conflictsOf([tiff(A, maker)])).toEqual([undefined]);
  });

  it('is the one that was given', () => {
    const all = [tiff(PLATE_1A), tiff(PLATE_2B)];
    const options = { taskId: 'tiff_tiff_ow0gag', batchId: 'c' };
    const [named] = nameTasks(all, new Set([PLATE_1A]), options);
    expect(named?.task).toEqual({ task_id: 'tiff_tiff_ow0gag', batch_id: 'c' });
    expect(named?.conflict).toBeUndefined();
    // Yet what is known of this id may be about the other.
    expect(named?.names[0]?.rivals).toEqual([PLATE_2B]);
  });
});
