import { beforeAll, describe, expect, it } from 'vitest';
import { findTiffs, type TiffRequest } from '../../../../src/lib/batch/find-tiffs.ts';
import { putAll } from '../../../support/batches.ts';
import { withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const NAMES = [
  ...['scan10.tif', 'scan2.tif', 'MAP.TIFF', 'photo.jpg', 'notes', 'tif', 'a.tif/inside.txt'],
  ...['box 1/a.tif', 'box 1/old/b.tif', 'box 10/c.tif', 'old/d.tif'],
];
beforeAll(() =>
  putAll(
    sandbox.current,
    'f/',
    NAMES.map((name) => [name, Buffer.from('x')]),
  ),
);

const find = (request: Partial<TiffRequest> = {}) =>
  withStorage(sandbox.current, sandbox.current.endpoint, async (storage) => {
    const { tiffs } = await findTiffs(
      storage,
      { prefix: 'f/', include: [], exclude: [], ...request },
      {},
    );
    return tiffs.map(({ key }) => key.slice('f/'.length));
  });

describe('the TIFFs under a prefix', () => {
  it('are found by their endings, in natural order', async () => {
    expect(await find()).toEqual([
      ...['box 1/a.tif', 'box 1/old/b.tif', 'box 10/c.tif', 'MAP.TIFF', 'old/d.tif'],
      ...['scan2.tif', 'scan10.tif'],
    ]);
  });

  it('are all whose keys begin with it, folder or not', async () => {
    expect(await find({ prefix: 'f/box 1' })).toHaveLength(3);
    expect(await find({ prefix: 'f/box 1/' })).toHaveLength(2);
    expect(await find({ prefix: 'f/scan2.tif' })).toEqual(['scan2.tif']);
  });

  it.each([
    [{ include: ['scan*'] }, ['scan2.tif', 'scan10.tif']],
    [{ include: ['box 1/**'] }, ['box 1/a.tif', 'box 1/old/b.tif']],
    [{ include: ['f/old/*'] }, ['old/d.tif']],
    [{ exclude: ['old', 'scan*'] }, ['box 1/a.tif', 'box 10/c.tif', 'MAP.TIFF']],
    [{ include: ['*.tif'], exclude: ['box*'] }, ['old/d.tif', 'scan2.tif', 'scan10.tif']],
    [{ prefix: 'f/box', include: ['box 1/a*'] }, ['box 1/a.tif']],
  ])('are filtered by patterns: %j', async (request, expected) => {
    expect(await find(request)).toEqual(expected);
  });

  it.each([
    [{ prefix: 'f/nothing' }, 'There is no .tif or .tiff under "f/nothing" in the bucket'],
    [{ include: ['*.png'] }, '--include and --exclude skip all 7 TIFFs under "f/"'],
    [{ prefix: 'f/old/', exclude: ['*'] }, 'skip the one TIFF under "f/old/"'],
  ])('are an error when there are none: %j', async (request, message) => {
    await expect(find(request)).rejects.toThrow(message);
  });
});
