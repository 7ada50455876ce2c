import { chmod } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Converter, openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { atFirstSign, impatientOnce, pid, useConverters } from '../../../../support/converters.ts';
import { noisyTiff, plainTiff } from '../../../../support/pictures.ts';
import { childrenOf, isRunning } from '../../../../support/processes.ts';
import { until } from '../../../../support/until.ts';

const { folder, withConverter, convert } = useConverters();
const node = process.execPath;
let small: string;
let large: string;
let lingering: string;
/** The same, and it stands still before it can have loaded anything. */
let standing: string;
beforeAll(async () => {
  small = await folder.write('small.tif', await plainTiff());
  // Under way long enough for something to happen to it.
  large = await folder.write('large.tif', await noisyTiff(3000));
  // As on a machine that is too busy to end a process: what stays holds the pipe by which its end
  // is seen.
  const script = (more: string) =>
    `#!/bin/sh\nsleep 600 < /dev/null 3>&- &\n${more}\nexec '${node}' "$@"\n`;
  lingering = await folder.write('lingering.sh', script(''));
  standing = await folder.write('standing.sh', script('kill -STOP $$'));
  for (const path of [lingering, standing]) await chmod(path, 0o755);
});

const stayed: number[] = [];
afterEach(() => {
  process.execPath = node;
  for (const one of stayed.splice(0)) process.kill(one);
});

/**
 * Starts a conversion process whose end is not seen before the test is over; those that follow are
 * as always.
 */
async function startLingering(as = lingering, watch: Parameters<Converter['versions']>[0] = {}) {
  const converter = openConverter(folder.root);
  process.execPath = as;
  const versions = converter.versions(watch);
  process.execPath = node;
  const child = pid() ?? Number.NaN;
  stayed.push(...(await until(() => nonEmpty(childrenOf(child, 'sleep')))));
  return { converter, child, versions };
}

const nonEmpty = (list: number[]) => (list.length > 0 ? list : undefined);

describe('a conversion process that was killed from here', () => {
  it('before it was ready is not waited for, however slowly it ends', async () => {
    const { converter, child, versions } = await startLingering(standing, impatientOnce(500));
    try {
      expect(await versions).toContain('sharp/');
      await until(() => !isRunning(child));
      expect(pid()).toBeDefined();
    } finally {
      await converter.close();
    }
  });

  it('gets no other TIFF, however slowly it ends', async () => {
    const { converter, versions } = await startLingering();
    try {
      await versions;
      const controller = new AbortController();
      const conversion = convert(large, converter, {
        signal: controller.signal,
        ...atFirstSign(() => controller.abort(new Error('enough'))),
      });
      await expect(conversion).rejects.toThrow('enough');
      expect((await convert(small, converter)).width).toBe(64);
    } finally {
      await converter.close();
    }
  });

  it('in the middle of its work counts as closed, not as out of memory: nothing is retried', () =>
    withConverter(async (converter) => {
      const replans: string[] = [];
      const conversion = convert(large, converter, {
        ...atFirstSign(() => void converter.close()),
        onReplan: ({ message }) => replans.push(message),
      });
      await expect(conversion).rejects.toMatchObject({
        code: 'CRASHED',
        message: expect.stringMatching(
          /^The conversion process was closed before it had finished\./,
        ),
      });
      expect(replans).toEqual([]);
      await expect(convert(small, converter)).rejects.toThrow('was closed');
    }));
});
