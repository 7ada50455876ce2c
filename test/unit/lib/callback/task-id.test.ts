import { describe, expect, it } from 'vitest';
import { batchIdOfKey, taskIdOfKey } from '../../../../src/lib/callback/task-id.ts';

describe("the orchestrator's task id", () => {
  it.each([
    ['staging/batch_abc/folder/image.tiff', 'tiff_tiff_e9stct'],
    ['staging/b/Übersicht 地図.tif', 'tiff_tiff_k1jq8v'],
    ['polygenelubricants', 'tiff_tiff_zik0zk'],
  ])('of %s is %s', (key, id) => {
    expect(taskIdOfKey(key)).toBe(id);
  });

  it('can be the same for two keys', () => {
    expect(taskIdOfKey('staging/b/plate1a.tif')).toBe('tiff_tiff_ow0gag');
    expect(taskIdOfKey('staging/b/plate2B.tif')).toBe('tiff_tiff_ow0gag');
  });
});

describe("a key's batch", () => {
  it('is the folder below staging/', () => {
    expect(batchIdOfKey('staging/batch_abc/folder/image.tiff')).toBe('batch_abc');
  });

  it.each(['other/batch_abc/a.tif', 'staging/a.tif', 'staging//a.tif', 'staging/b/'])(
    'is unknown for %j',
    (key) => {
      expect(batchIdOfKey(key)).toBeUndefined();
    },
  );
});
