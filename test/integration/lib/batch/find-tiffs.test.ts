import { beforeAll, describe, expect, it } from 'vitest';
import { findTiffs, type TiffRequest } from '../../../../src/lib/batch/find-tiffs.ts';
import { putAll } from '../../../support/batches.ts';
import type { FaultOf } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
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

const listOf = (...names: string[]) =>
  names.map((name) => ({ key: `f/${name}`, bytes: undefined }));

describe('the TIFFs of a list of keys', () => {
  it('are those under the prefix, whatever they are called', async () => {
    const keys = [...listOf('scan10.tif', 'notes', 'old/d.tif'), { key: 'g/x.tif', bytes: 1 }];
    expect(await find({ keys })).toEqual(['notes', 'old/d.tif', 'scan10.tif']);
    expect(await find({ keys, prefix: 'f/old/' })).toEqual(['old/d.tif']);
  });

  it('are looked up one by one when nothing else is known', async () => {
    const requests: string[] = [];
    const faultOf: FaultOf = ({ method, url }) => {
      requests.push(`${method} ${url.replace(/.*\/|\?.*/g, '')}`);
      return undefined;
    };
    await using server = await startFaultServer(sandbox.current.endpoint, faultOf);
    const found = await withStorage(sandbox.current, server.url, (storage) =>
      findTiffs(storage, { keys: listOf('notes', 'gone.tif'), include: [], exclude: [] }, {}),
    );
    expect(found).toEqual({
      tiffs: [
        { key: 'f/gone.tif', size: 0, etag: '' },
        expect.objectContaining({ key: 'f/notes', size: 1 }),
      ],
      total: 2,
    });
    expect(requests.toSorted()).toEqual(['HEAD gone.tif', 'HEAD notes']);
  });

  it('are an error when the patterns leave none', async () => {
    const request = { prefix: undefined, keys: listOf('a.tif'), exclude: ['*'] };
    await expect(find(request)).rejects.toThrow('skip the one TIFF of the list');
  });
});

describe('the shards of a prefix', () => {
  const shards = async (count: number, request: Partial<TiffRequest> = {}) => {
    const all: string[][] = [];
    for (let index = 0; index < count; index++)
      all.push(await find({ ...request, shard: { index, count } }));
    return all;
  };

  it('have each TIFF once, in natural order; some may have none', async () => {
    const all = await shards(20);
    expect(all.flat().toSorted()).toEqual((await find()).toSorted());
    expect(all).toContainEqual([]);
    for (const own of await shards(2))
      expect(own).toEqual((await find()).filter((name) => own.includes(name)));
  });

  it('are balanced when the list has sizes, whatever the prefix leaves of it', async () => {
    const sizes = { 'scan2.tif': 10, 'scan10.tif': 10, 'MAP.TIFF': 20, 'old/d.tif': 40 };
    const keys = Object.entries(sizes).map(([name, bytes]) => ({ key: `f/${name}`, bytes }));
    const [one, other] = await shards(2, { keys });
    expect([one, other]).toEqual([['old/d.tif'], ['MAP.TIFF', 'scan2.tif', 'scan10.tif']]);
    expect(await shards(2, { keys, prefix: 'f/scan' })).toEqual([[], ['scan2.tif', 'scan10.tif']]);
  });
});
