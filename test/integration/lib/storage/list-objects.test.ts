import { beforeAll, describe, expect, it } from 'vitest';
import { pathOfBytes } from '../../../../src/lib/path-bytes.ts';
import { listObjects } from '../../../../src/lib/storage/list-objects.ts';
import { putAll } from '../../../support/batches.ts';
import { always, once } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { quickRetry, withStorage } from '../../../support/storage.ts';
import { useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();
const list = (prefix: string, endpoint = sandbox.current.endpoint) =>
  withStorage(sandbox.current, endpoint, (storage) =>
    listObjects(storage, prefix, { policy: quickRetry }),
  );

const ODD = [
  ...[
    ' leading',
    'a b',
    'a+b',
    'a%20b',
    'a%2Bb',
    "it's",
    '"quoted"',
    'a&b<c>',
    'a#b?c',
    'back\\slash',
  ],
  ...[
    'Übersicht',
    'Stra\u0308ße',
    '地図',
    '🗺️',
    'line\nbreak',
    'tab\tulator',
    'a//b',
    '/a',
    'a;b=c',
  ],
];

describe('a list of objects', () => {
  it('has all of more than a thousand, in their order, with size and ETag', async () => {
    const names = Array.from({ length: 1_005 }, (_, i) => String(i).padStart(4, '0'));
    await putAll(
      sandbox.current,
      'many/',
      names.map((name) => [name, Buffer.from(name)]),
    );
    await using proxy = await startFaultServer(sandbox.current.endpoint, () => undefined);
    const objects = await list('many/', proxy.url);
    expect(objects.map(({ key }) => key)).toEqual(names.map((name) => `many/${name}`));
    expect(proxy.seen).toHaveLength(2);
    const stored = await sandbox.current.getObject('many/0042');
    expect(objects[42]).toEqual({ key: 'many/0042', size: 4, etag: `"${stored?.etag}"` });
  });

  it('has keys as they are, whatever is in them', async () => {
    await putAll(
      sandbox.current,
      'odd/',
      ODD.map((name) => [name, Buffer.from('x')]),
    );
    const keys = (await list('odd/')).map(({ key }) => key);
    expect(keys.sort()).toEqual(ODD.map((name) => `odd/${name}`).sort());
  });

  it('is of a prefix as it is, whatever is in that', async () => {
    await putAll(
      sandbox.current,
      'prefixes/',
      ODD.map((name) => [`${name}/x`, Buffer.from('x')]),
    );
    for (const prefix of ODD)
      expect(await list(`prefixes/${prefix}/`)).toMatchObject([{ key: `prefixes/${prefix}/x` }]);
  });

  it('is empty where there is nothing', async () => {
    expect(await list('nowhere/')).toEqual([]);
  });

  describe('that cannot be had', () => {
    beforeAll(() => sandbox.current.putObject('one', Buffer.from('1')));

    it('is asked for again', async () => {
      const faultOf = once({ status: 503 });
      await using proxy = await startFaultServer(sandbox.current.endpoint, faultOf);
      expect(await list('one', proxy.url)).toMatchObject([{ key: 'one' }]);
    });

    it('says which, and what to do', async () => {
      const faultOf = always({ status: 403 });
      await using proxy = await startFaultServer(sandbox.current.endpoint, faultOf);
      await expect(list('one', proxy.url)).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
        message: expect.stringContaining('may not list "one" in the bucket'),
      });
      await expect(list('', proxy.url)).rejects.toThrow(/may not list the bucket "[^"]+"\. Give/);
    });

    it('names a key that is not UTF-8', async () => {
      const body =
        '<?xml version="1.0"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>a%E9.tif</Key><Size>1</Size></Contents></ListBucketResult>';
      await using proxy = await startFaultServer(
        sandbox.current.endpoint,
        always({ status: 200, headers: { 'content-type': 'application/xml' }, body }),
      );
      await expect(list('one', proxy.url)).rejects.toThrow(
        'R2 lists an object whose key is not UTF-8: a%E9.tif.',
      );
    });

    it('is not asked for by a prefix that is not UTF-8', async () => {
      const error = { code: 'INVALID_KEY', message: expect.stringContaining('is not UTF-8') };
      await expect(list(pathOfBytes(Buffer.from('caf\xe9/', 'latin1')))).rejects.toMatchObject(
        error,
      );
    });

    it('is no shorter one', async () => {
      const body =
        '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>';
      await using proxy = await startFaultServer(
        sandbox.current.endpoint,
        always({ status: 200, headers: { 'content-type': 'application/xml' }, body }),
      );
      await expect(list('one', proxy.url)).rejects.toThrow(
        'The list of objects under "one" breaks off',
      );
    });
  });
});
